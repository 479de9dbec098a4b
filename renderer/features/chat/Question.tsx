/** What the person asked, as it was typed. */
import { memo, useState } from 'react';
import type { Message } from '../../../electron/ipc/snapshot.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';

/** A longer question shows its beginning, so that the answer is not pages away. */
const FOLD_LENGTH = 1_600;
const FOLD_LINES = 24;

function isLong(text: string): boolean {
  return text.length > FOLD_LENGTH || text.split('\n', FOLD_LINES + 1).length > FOLD_LINES;
}

function beginning(text: string): string {
  return `${text.slice(0, FOLD_LENGTH).split('\n', FOLD_LINES).join('\n')} …`;
}

export const Question = memo(function Question({ message }: { readonly message: Message }) {
  const [open, setOpen] = useState(false);
  const { text } = message;
  const long = isLong(text);
  return (
    <article className="message question" aria-label="Question">
      <div className="bubble">
        <p>{long && !open ? beginning(text) : text}</p>
        {long ? (
          <Button
            look="quiet"
            aria-expanded={open}
            onClick={() => {
              setOpen(!open);
            }}
          >
            {open ? 'Show less' : 'Show all'}
          </Button>
        ) : null}
      </div>
      <div className="message-tools">
        <CopyButton text={() => text} what="Question" label="Copy question" />
      </div>
    </article>
  );
});
