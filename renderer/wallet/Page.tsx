/** One step: a heading, what it is about, its content, and its buttons at the foot. */
import { useEffect, useRef, type ReactNode } from 'react';
import type { FailureText } from '../../electron/ipc/result.ts';
import { FailureNote } from '../ui/FailureNote.tsx';
import { LullMark } from '../ui/LullMark.tsx';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** The way back first, the way on last. */
  readonly actions: ReactNode;
  readonly failure?: FailureText | null;
  /** The way on, also by Enter. */
  readonly onSubmit: () => void;
}

export function Page({ title, children, actions, failure = null, onSubmit }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  // A new step is read out from its heading, unless one of its fields has taken the focus.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <form
      className="wallet-page"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <main className="wallet-body">
        <LullMark size={32} />
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
        <div role="alert">{failure ? <FailureNote failure={failure} /> : null}</div>
      </main>
      <footer className="wallet-actions">{actions}</footer>
    </form>
  );
}
