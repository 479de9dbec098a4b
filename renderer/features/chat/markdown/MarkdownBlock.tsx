/** One block of Markdown, drawn once it is near the view and again only when its own text changes. */
import { memo } from 'react';
import Markdown, { type Options } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { ELEMENTS } from './elements.tsx';
import { GrowingCode } from './GrowingCode.tsx';
import { sharedHighlight } from './highlight.ts';
import { liveCode } from './live-code.ts';
import { useNearView } from './near-view.ts';

const REMARK: Options['remarkPlugins'] = [remarkGfm];
const PLAIN: Options['rehypePlugins'] = [];
const COLOURED: Options['rehypePlugins'] = [sharedHighlight];

/** A block that holds longer code among other things is coloured once it is complete, not with every word. */
const LIVE_COLOUR_LIMIT = 1_500;
/** Longer code than this stays plain: colouring it would stop the window for a moment. */
const COLOUR_LIMIT = 20_000;

interface Props {
  readonly text: string;
  /** More may follow. */
  readonly growing: boolean;
  /** Drawn at once, because it is probably in view. */
  readonly eager: boolean;
}

export const MarkdownBlock = memo(function MarkdownBlock({ text, growing, eager }: Props) {
  const { ref, near } = useNearView(eager || growing);
  const hasCode = text.includes('```') || text.includes('~~~');
  const coloured = hasCode && text.length <= (growing ? LIVE_COLOUR_LIMIT : COLOUR_LIMIT);
  if (!near) {
    return (
      <div ref={ref} className="md-block plain-answer">
        {text}
      </div>
    );
  }
  const code = growing ? liveCode(text) : null;
  if (code) {
    return (
      <div className="md-block">
        <GrowingCode code={code} />
      </div>
    );
  }
  return (
    <div className="md-block">
      <Markdown
        remarkPlugins={REMARK}
        rehypePlugins={coloured ? COLOURED : PLAIN}
        components={ELEMENTS}
      >
        {text}
      </Markdown>
    </div>
  );
});
