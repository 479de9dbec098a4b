/** The title of a conversation as a text field: Enter saves, Escape leaves it as it was. */
import { useEffect, useRef, useState } from 'react';

/** As long as the table accepts. */
const LONGEST_TITLE = 200;

interface Props {
  readonly title: string;
  readonly onSave: (title: string) => void;
  /** `byKey` when nothing else has the focus now. */
  readonly onClose: (byKey: boolean) => void;
}

export function RenameField({ title, onSave, onClose }: Props) {
  const [text, setText] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  // Leaving the field saves, except when Escape has closed it.
  const closed = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

  function close(save: boolean, byKey: boolean): void {
    if (closed.current) return;
    closed.current = true;
    const next = text.trim();
    if (save && next !== '' && next !== title) onSave(next);
    onClose(byKey);
  }

  return (
    <input
      ref={field}
      className="rail-rename"
      aria-label="Title of the conversation"
      maxLength={LONGEST_TITLE}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
      }}
      onBlur={() => {
        close(true, false);
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.preventDefault();
        close(event.key === 'Enter', true);
      }}
    />
  );
}
