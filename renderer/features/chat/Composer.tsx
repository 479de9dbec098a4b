/** Where questions are written: Enter sends, Shift and Enter starts a line, the field grows with the text. */
import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import type { Via } from '../../store/app-state.ts';
import { draftKey, sendBlock, streamingIn } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { SendIcon, StopIcon } from '../../ui/icons.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { PRICE_ID, PriceLine } from './PriceLine.tsx';
import { useRestingCaret } from './use-resting-caret.ts';
import { ViaSwitch } from './ViaSwitch.tsx';

export const COMPOSER_ID = 'composer';
const HINT_ID = 'composer-hint';

export function Composer() {
  const key = useApp(draftKey);
  const draft = useApp((state) => state.drafts[draftKey(state)] ?? '');
  const block = useApp((state) => sendBlock(state, state.drafts[draftKey(state)] ?? ''));
  const sending = useApp((state) => state.sending[draftKey(state)] === true);
  const via = useApp((state) => state.via);
  const answerId = useApp((state) => streamingIn(state, state.conversationId));
  const { setDraft, send, stop } = useActions();
  const field = useFocusOnOpen(key);
  useRestingCaret();
  const canSend = block === null && answerId === null && !sending && draft.trim() !== '';

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    // While a word is being composed, Enter belongs to the input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (canSend) void send(key, draft);
  }

  return (
    <div className="composer-area">
      <SendFailure draftKey={key} draft={draft} />
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          if (canSend) void send(key, draft);
        }}
      >
        <textarea
          ref={field}
          id={COMPOSER_ID}
          rows={1}
          value={draft}
          readOnly={sending}
          placeholder="Ask something"
          aria-label="Your question"
          aria-describedby={`${PRICE_ID} ${HINT_ID}`}
          onChange={(event) => {
            setDraft(key, event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="composer-row">
          <ViaSwitch />
          <PriceLine />
          {answerId === null ? (
            <IconButton label="Send" type="submit" className="send" disabled={!canSend}>
              <SendIcon />
            </IconButton>
          ) : (
            <IconButton label="Stop" className="send" onClick={() => void stop(answerId)}>
              <StopIcon />
            </IconButton>
          )}
        </div>
      </form>
      <p id={HINT_ID} className={block === null ? 'composer-hint' : 'composer-hint composer-block'}>
        {block ?? hint(answerId !== null, via)}
      </p>
    </div>
  );
}

function hint(answering: boolean, via: Via): string {
  if (answering) return 'An answer is being written. Escape stops it.';
  return via === 'network'
    ? 'The Supplier that answers can read what you send. In practice it runs on this computer, too.'
    : 'Enter sends, Shift and Enter starts a new line. Models make mistakes; check what matters.';
}

interface SendFailureProps {
  readonly draftKey: string;
  readonly draft: string;
}

function SendFailure({ draftKey: key, draft }: SendFailureProps) {
  const failure = useApp((state) => state.sendFailures[key]);
  const { send, dismissSendFailure } = useActions();
  if (!failure) return null;
  return (
    <div role="alert">
      <FailureNote
        failure={failure}
        onDismiss={() => {
          dismissSendFailure(key);
        }}
      >
        <Button onClick={() => void send(key, draft)}>Try again</Button>
      </FailureNote>
    </div>
  );
}

/** The field of each conversation takes the focus as it opens. */
function useFocusOnOpen(key: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
  }, [key]);
  return field;
}
