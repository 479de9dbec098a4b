/** Short messages in the corner: good news goes away by itself, failures wait to be read. */
import { useEffect } from 'react';
import type { Toast } from '../store/app-state.ts';
import { useActions, useApp } from '../store/use-app.tsx';
import { FailureNote } from './FailureNote.tsx';
import { shownToasts } from './shown-toasts.ts';

const SHOWN_MS = 4000;

export function Toasts() {
  const { shown, earlier } = shownToasts(useApp((state) => state.toasts));
  const overChat = useApp((state) => state.tab === 'chat');
  const className = overChat ? 'toasts toasts-over-chat' : 'toasts';
  return (
    <div className={className} role="status" aria-live="polite" aria-label="Messages">
      {shown.map((toast) => (
        <ToastView key={toast.id} toast={toast} earlier={earlier} />
      ))}
    </div>
  );
}

interface Props {
  readonly toast: Toast;
  /** Failures that wait behind this one. */
  readonly earlier: number;
}

function ToastView({ toast, earlier }: Props) {
  const { dismissToast } = useActions();
  const { id, kind } = toast;
  useEffect(() => {
    if (kind === 'failure') return undefined;
    const timer = setTimeout(() => {
      dismissToast(id);
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [id, kind, dismissToast]);
  if (toast.kind === 'info') return <p className="toast">{toast.text}</p>;
  return (
    <div className="toast toast-failure">
      <FailureNote
        failure={toast.failure}
        onDismiss={() => {
          dismissToast(id);
        }}
      >
        {earlier === 0 ? null : (
          <span className="quiet">
            {earlier === 1
              ? 'An earlier message waits'
              : `${String(earlier)} earlier messages wait`}{' '}
            behind this one.
          </span>
        )}
      </FailureNote>
    </div>
  );
}
