/** Something that has to be answered or closed first. The platform's own dialog keeps the focus and hears Escape. */
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

interface Props {
  readonly title: ReactNode;
  readonly size?: 'wide';
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons, the safe one first. */
  readonly actions: ReactNode;
}

/** Shown for as long as it is rendered. */
export function Dialog({ title, size, onClose, children, actions }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed before it leaves the page: then the platform gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={size === 'wide' ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onClose={onClose}
    >
      <h2 id={id}>{title}</h2>
      <div className="dialog-text">{children}</div>
      <div className="dialog-actions">{actions}</div>
    </dialog>
  );
}
