/** How Markdown's elements look here: nothing navigates, nothing is loaded. */
import type { ReactNode } from 'react';
import type { Components, ExtraProps } from 'react-markdown';
import { CodeBlock } from './CodeBlock.tsx';
import { LinkText } from './LinkText.tsx';

type Node = ExtraProps['node'];

/** The language that a fence named, if it did. */
function languageOf(pre: Node): string | null {
  const code = pre?.children[0];
  if (code?.type !== 'element') return null;
  const names = code.properties.className;
  if (!Array.isArray(names)) return null;
  const name = names.map(String).find((each) => each.startsWith('language-'));
  return name?.slice('language-'.length) ?? null;
}

/** The plain text below a node. */
function textOf(node: Node): string {
  const parts = (node?.children ?? []).map((child) => {
    if (child.type === 'text') return child.value;
    return child.type === 'element' ? textOf(child) : '';
  });
  return parts.join('');
}

/** Headings inside an answer stand below the page's own. */
function heading(level: 3 | 4 | 5 | 6) {
  const Tag = `h${String(level)}` as 'h3';
  return function Heading({ children }: { readonly children?: ReactNode }) {
    return <Tag>{children}</Tag>;
  };
}

export const ELEMENTS: Components = {
  h1: heading(3),
  h2: heading(4),
  h3: heading(5),
  h4: heading(6),
  h5: heading(6),
  h6: heading(6),
  a: ({ node, href, children }) => (
    <LinkText url={href ?? ''} text={textOf(node)}>
      {children}
    </LinkText>
  ),
  img: ({ alt }) => (
    <span className="no-image">{alt ? `Image not shown: ${alt}` : 'Image not shown'}</span>
  ),
  pre: ({ node, children }) => <CodeBlock language={languageOf(node)}>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="table-scroll" role="region" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => (
    <span className="task-box" role="img" aria-label={checked ? 'Done' : 'Not done'}>
      {checked ? '☑' : '☐'}
    </span>
  ),
};
