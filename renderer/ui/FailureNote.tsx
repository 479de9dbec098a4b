/** A failure in words: what happened, what was kept, what to do, and the details for whoever wants them. */
import type { ReactNode } from 'react';
import type { FailureText } from '../../electron/ipc/result.ts';
import { CloseIcon, AlertIcon } from './icons.tsx';
import { IconButton } from './IconButton.tsx';

interface Props {
  readonly failure: FailureText;
  readonly onDismiss?: () => void;
  /** Buttons that help. */
  readonly children?: ReactNode;
}

export function FailureNote({ failure, onDismiss, children }: Props) {
  return (
    <div className="note note-failure">
      <AlertIcon />
      <div className="note-body">
        <p className="note-sentence">{failure.message}</p>
        <p>{failure.next}</p>
        <p className="note-kept">{failure.kept}</p>
        {failure.details === null || failure.details === '' ? null : (
          <details>
            <summary>Details</summary>
            <p className="note-details">{failure.details}</p>
          </details>
        )}
        {children ? <div className="note-actions">{children}</div> : null}
      </div>
      {onDismiss ? (
        <IconButton label="Dismiss" onClick={onDismiss}>
          <CloseIcon />
        </IconButton>
      ) : null}
    </div>
  );
}
