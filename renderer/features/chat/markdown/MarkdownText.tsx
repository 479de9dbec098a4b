/** A whole answer in Markdown, as a row of blocks. */
import { memo, useState } from 'react';
import { createBlockCutter } from './block-cutter.ts';
import { MarkdownBlock } from './MarkdownBlock.tsx';
import { useNearView } from './near-view.ts';

/** As many blocks as fill a tall window, counted from the end, where reading begins. */
const EAGER_BLOCKS = 40;

export interface MarkdownProps {
  readonly text: string;
  /** More may follow. */
  readonly growing: boolean;
  /** Drawn at once, because it is among the newest. */
  readonly eager: boolean;
}

/** An answer far from the view stays plain text: parsing a whole long chat would stop the window. */
export const MarkdownText = memo(function MarkdownText(props: MarkdownProps) {
  const { ref, near } = useNearView(props.eager || props.growing);
  if (near) return <Blocks {...props} />;
  return (
    <div ref={ref} className="markdown plain-answer">
      {props.text}
    </div>
  );
});

function Blocks({ text, growing, eager }: MarkdownProps) {
  const [cut] = useState(createBlockCutter);
  const blocks = cut(text);
  const last = blocks.length - 1;
  return (
    <div className="markdown">
      {blocks.map((block, index) => (
        <MarkdownBlock
          key={index}
          text={block}
          growing={growing && index === last}
          eager={eager && index > last - EAGER_BLOCKS}
        />
      ))}
    </div>
  );
}
