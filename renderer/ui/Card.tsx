/** A section of a page with a heading of its own. */
import { useId, type ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** Lets other screens lead here. */
  readonly anchor?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Card({ title, anchor, actions, children }: Props) {
  const id = useId();
  return (
    <section
      className="card"
      id={anchor}
      tabIndex={anchor === undefined ? undefined : -1}
      aria-labelledby={id}
    >
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {actions ? <div className="card-actions">{actions}</div> : null}
      </header>
      {children}
    </section>
  );
}
