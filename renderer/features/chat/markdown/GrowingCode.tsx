/** Code while it is being written: one block to look at, coloured part by part. */
import { memo, type ReactNode } from 'react';
import Markdown, { type Components, type Options } from 'react-markdown';
import { CodeBlock } from './CodeBlock.tsx';
import { sharedHighlight } from './highlight.ts';
import type { LiveCode } from './live-code.ts';

const COLOURED: Options['rehypePlugins'] = [sharedHighlight];

/** The frame stands round all parts together. */
const BARE: Components = {
  pre: ({ children }: { readonly children?: ReactNode }) => <>{children}</>,
};

export function GrowingCode({ code }: { readonly code: LiveCode }) {
  return (
    <CodeBlock language={code.language}>
      {code.parts.map((part, index) => (
        <Part key={index} opening={code.opening} text={part} />
      ))}
    </CodeBlock>
  );
}

interface PartProps {
  readonly opening: string;
  readonly text: string;
}

/** What spans two parts, a long comment for example, has its full colour once the code is complete. */
const Part = memo(function Part({ opening, text }: PartProps) {
  return (
    <Markdown rehypePlugins={COLOURED} components={BARE}>
      {`${opening}\n${text}`}
    </Markdown>
  );
});
