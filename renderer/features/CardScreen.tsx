/** A screen of cards: its title, what the owner has to be told, and the cards in one column. */
import type { ReactNode } from 'react';
import { useApp } from '../store/use-app.tsx';
import { Notices } from './Notices.tsx';

export interface CardScreenProps {
  readonly title: string;
  /** Said until main has answered for the first time. */
  readonly waiting?: string;
  readonly children: ReactNode;
}

export function CardScreen({ title, waiting = 'Starting', children }: CardScreenProps) {
  const started = useApp((state) => state.snapshot !== null);
  return (
    <div className="settings">
      <header className="screen-head">
        <h1>{title}</h1>
      </header>
      <Notices />
      <div className="settings-scroll" tabIndex={0} role="region" aria-label={title}>
        <div className="settings-column">
          {started ? (
            children
          ) : (
            <p className="quiet" role="status">
              {waiting}
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
