/** Markdown as soon as its code is there; the plain text until then, so that the window starts without it. */
import { lazy, Suspense } from 'react';
import type { MarkdownProps } from './markdown/MarkdownText.tsx';

const load = () =>
  import('./markdown/MarkdownText.tsx').then(({ MarkdownText }) => ({ default: MarkdownText }));

const Loaded = lazy(load);

export function LazyMarkdown(props: MarkdownProps) {
  return (
    <Suspense fallback={<p className="plain-answer">{props.text}</p>}>
      <Loaded {...props} />
    </Suspense>
  );
}

/** Fetches the code ahead of the first answer. */
export async function preloadMarkdown(): Promise<void> {
  await load();
}
