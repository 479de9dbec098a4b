/** An answer: its text as it grows, how it ended, who wrote it and how fast. */
import { memo } from 'react';
import type { Message } from '../../../electron/ipc/snapshot.ts';
import { messageText } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { RepeatIcon } from '../../ui/icons.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { AnswerEnd } from './AnswerEnd.tsx';
import { AnswerService } from './AnswerService.tsx';
import { answerFacts } from './answer-facts.ts';
import { LazyMarkdown } from './LazyMarkdown.tsx';
import { Waiting } from './Waiting.tsx';

interface Props {
  readonly message: Message;
  readonly isLast: boolean;
}

interface AnswerProps extends Props {
  /** Among the newest, so probably in view when the conversation opens. */
  readonly isRecent: boolean;
}

export const Answer = memo(function Answer({ message, isLast, isRecent }: AnswerProps) {
  const streaming = message.state === 'streaming';
  return (
    <article className="message answer" aria-label="Answer" aria-busy={streaming}>
      <AnswerText message={message} isRecent={isRecent} />
      {streaming ? null : (
        <>
          <AnswerEnd message={message} isLast={isLast} />
          <AnswerTools message={message} isLast={isLast} />
          {message.stats?.served ? <AnswerService served={message.stats.served} /> : null}
        </>
      )}
    </article>
  );
});

/** The only part that is drawn again while an answer grows. */
function AnswerText({ message, isRecent }: Pick<AnswerProps, 'message' | 'isRecent'>) {
  const text = useApp((state) => messageText(state, message));
  const streaming = message.state === 'streaming';
  if (text === '') return streaming ? <Waiting messageId={message.id} /> : null;
  return <LazyMarkdown text={text} growing={streaming} eager={isRecent} />;
}

function AnswerTools({ message, isLast }: Props) {
  const { regenerate } = useActions();
  const facts = answerFacts(message.stats);
  const via = useApp((state) => state.via);
  // These say so in words already.
  const offersTryAgain = message.state === 'failed' || message.state === 'interrupted';
  return (
    <footer className="message-tools">
      {message.text === '' ? null : (
        <CopyButton text={() => message.text} what="Answer" label="Copy answer" />
      )}
      {isLast && !offersTryAgain ? (
        <IconButton
          label={via === 'local' ? 'Answer again' : 'Answer again over the network'}
          onClick={() => void regenerate(message.id)}
        >
          <RepeatIcon />
        </IconButton>
      ) : null}
      {facts.length === 0 ? null : (
        <ul className="facts" aria-label="About this answer">
          {facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
    </footer>
  );
}
