/** Copies a text and says so for a moment. */
import { useEffect, useState } from 'react';
import { useActions } from '../store/use-app.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';
import { IconButton } from './IconButton.tsx';

const SHOWN_MS = 1600;

interface Props {
  readonly text: () => string;
  /** What is read out: `Code copied.` */
  readonly what: string;
  readonly label: string;
}

export function CopyButton({ text, what, label }: Props) {
  const { copy } = useActions();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => {
      setDone(false);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [done]);
  return (
    <>
      <IconButton label={label} onClick={() => void copy(text(), what, true).then(setDone)}>
        {done ? <CheckIcon /> : <CopyIcon />}
      </IconButton>
      <span className="only-read" role="status">
        {done ? `${what} copied.` : ''}
      </span>
    </>
  );
}
