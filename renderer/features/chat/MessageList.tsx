/** The messages of the open conversation, kept at the newest line until the reader scrolls away. */
import { messageIds } from '../../store/selectors.ts';
import { useApp } from '../../store/use-app.tsx';
import { DownIcon } from '../../ui/icons.tsx';
import { Answer } from './Answer.tsx';
import { Question } from './Question.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';

/** Messages that are drawn at once when a conversation opens; the others as they come near. */
const RECENT = 8;

export function MessageList() {
  const ids = useApp(messageIds);
  const { scroller, content, atEnd, jump } = useStickToEnd(ids.length);
  return (
    <div className="messages-frame">
      <div
        ref={scroller}
        className="messages"
        tabIndex={0}
        role="region"
        aria-labelledby="messages-heading"
      >
        <h2 id="messages-heading" className="only-read">
          Messages
        </h2>
        <div ref={content} className="messages-column">
          {ids.map((id, index) => (
            <MessageView key={id} id={id} fromEnd={ids.length - 1 - index} />
          ))}
        </div>
      </div>
      {atEnd ? null : (
        <button type="button" className="jump" onClick={jump}>
          <DownIcon />
          Jump to latest
        </button>
      )}
    </div>
  );
}

interface Props {
  readonly id: string;
  /** 0 is the newest. */
  readonly fromEnd: number;
}

function MessageView({ id, fromEnd }: Props) {
  const message = useApp((state) => state.messages[id]);
  if (!message) return null;
  if (message.role === 'user') return <Question message={message} />;
  return <Answer message={message} isLast={fromEnd === 0} isRecent={fromEnd < RECENT} />;
}
