/** The chat: header, messages or a welcome, composer. */
import { useEffect } from 'react';
import { conversationTitle } from '../../store/view.ts';
import { engineTrouble, needsSetup } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Notices } from '../Notices.tsx';
import { SetupCard } from '../setup/SetupCard.tsx';
import { SetupLine } from '../setup/SetupLine.tsx';
import { AnswerAnnouncer } from './AnswerAnnouncer.tsx';
import { Composer } from './Composer.tsx';
import { EmptyChat } from './EmptyChat.tsx';
import { preloadMarkdown } from './LazyMarkdown.tsx';
import { MessageList } from './MessageList.tsx';
import { FirstAnswerNext } from './FirstAnswerNext.tsx';
import { ModelLine } from './ModelLine.tsx';
import { ModelStrip } from './ModelStrip.tsx';

export function ChatScreen() {
  const title = useApp((state) => conversationTitle(state, state.conversationId));
  const conversationId = useApp((state) => state.conversationId);
  useEffect(() => {
    // Once the window has nothing better to do; an answer that comes sooner loads it itself.
    const idle = requestIdleCallback(() => void preloadMarkdown());
    return () => {
      cancelIdleCallback(idle);
    };
  }, []);
  return (
    <div className="chat">
      <header className="screen-head">
        <h1>{title ?? 'New chat'}</h1>
        <ModelLine />
      </header>
      <Notices />
      <ModelStrip />
      {conversationId === null ? (
        <Welcome />
      ) : (
        <Conversation key={conversationId} id={conversationId} />
      )}
      <div className="chat-foot">
        {conversationId === null ? null : <SetupLine />}
        <EngineTrouble />
        <FirstAnswerNext />
        <Composer />
      </div>
      <AnswerAnnouncer />
    </div>
  );
}

function Welcome() {
  const setupShown = useApp(needsSetup);
  const started = useApp((state) => state.snapshot !== null);
  return (
    <div className="chat-welcome">
      {setupShown ? <SetupCard /> : started ? <EmptyChat /> : null}
    </div>
  );
}

function Conversation({ id }: { readonly id: string }) {
  const state = useApp((app) => app.chats[id]?.state);
  const failure = useApp((app) => app.chats[id]?.failure ?? null);
  const { openConversation } = useActions();
  if (state === 'failed' && failure) {
    return (
      <div className="chat-welcome">
        <FailureNote failure={failure}>
          <Button onClick={() => void openConversation(id)}>Try again</Button>
        </FailureNote>
      </div>
    );
  }
  if (state !== 'ready') {
    return (
      <div className="chat-welcome" aria-busy="true">
        <p className="quiet">Opening the conversation</p>
      </div>
    );
  }
  return <MessageList />;
}

/** The engine as a whole has failed: say so where the next question would be asked. */
function EngineTrouble() {
  const failure = useApp(engineTrouble);
  const { restartEngine, showTab, showSettings } = useActions();
  if (!failure) return null;
  if (failure.code === 'external-unavailable') {
    return (
      <FailureNote failure={failure}>
        <Button
          onClick={() => {
            showSettings('server');
          }}
        >
          Open Settings
        </Button>
      </FailureNote>
    );
  }
  return (
    <FailureNote failure={failure}>
      <Button onClick={() => void restartEngine()}>Restart the engine</Button>
      <Button
        look="quiet"
        onClick={() => {
          showTab('settings');
        }}
      >
        Open Settings
      </Button>
    </FailureNote>
  );
}
