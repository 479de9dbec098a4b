/** A block of code with its language and a copy button. */
import { useRef, type ReactNode } from 'react';
import { CopyButton } from '../../../ui/CopyButton.tsx';

interface Props {
  readonly language: string | null;
  readonly children: ReactNode;
}

export function CodeBlock({ language, children }: Props) {
  const code = useRef<HTMLPreElement>(null);
  return (
    <figure className="code-block">
      <figcaption className="code-head">
        <span>{language ?? 'text'}</span>
        <CopyButton text={() => code.current?.textContent ?? ''} what="Code" label="Copy code" />
      </figcaption>
      {/* Reachable by keyboard, because long lines scroll sideways. */}
      <pre ref={code} tabIndex={0} aria-label={`Code, ${language ?? 'text'}`} role="region">
        {children}
      </pre>
    </figure>
  );
}
