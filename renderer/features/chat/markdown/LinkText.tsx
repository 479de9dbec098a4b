/** A link that shows where it points and copies its address; the window itself goes nowhere. */
import type { ReactNode } from 'react';
import { useActions } from '../../../store/use-app.tsx';

interface Props {
  readonly url: string;
  /** What the link says, as plain text. */
  readonly text: string;
  readonly children: ReactNode;
}

export function LinkText({ url, text, children }: Props) {
  const { copy } = useActions();
  // Marks inside the same text, such as footnotes, lead nowhere here.
  if (url === '' || url.startsWith('#')) return <span>{children}</span>;
  const says = text === url || `mailto:${text}` === url || `http://${text}` === url;
  return (
    <>
      <button
        type="button"
        className="link-text"
        title="Copy this address"
        aria-label={`${text === '' ? url : text}, copy address`}
        onClick={() => void copy(url, 'Address')}
      >
        {children}
      </button>
      {says ? null : <span className="link-url"> ({url})</span>}
    </>
  );
}
