/** How an answer ended, where that is not simply its last word. */
import type { Message } from '../../../electron/ipc/snapshot.ts';
import { assertNever } from '../../assert-never.ts';
import { useActions } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';

interface Props {
  readonly message: Message;
  readonly isLast: boolean;
}

export function AnswerEnd({ message, isLast }: Props) {
  switch (message.state) {
    case 'streaming':
      return null;
    case 'complete':
      return message.stats?.endedBy === 'length' ? (
        <p className="end-mark">The model ran out of room here, so the answer may be incomplete.</p>
      ) : null;
    case 'stopped':
      return <p className="end-mark">You stopped this answer.</p>;
    case 'interrupted':
      return (
        <div className="end-mark">
          <p>Lull was closed before this answer was finished.</p>
          {isLast ? <TryAgain messageId={message.id} /> : null}
        </div>
      );
    case 'failed':
      return message.failure ? (
        <FailureNote failure={message.failure}>
          {isLast ? <TryAgain messageId={message.id} /> : null}
        </FailureNote>
      ) : null;
    default:
      return assertNever(message.state);
  }
}

function TryAgain({ messageId }: { readonly messageId: string }) {
  const { regenerate } = useActions();
  return <Button onClick={() => void regenerate(messageId)}>Try again</Button>;
}
