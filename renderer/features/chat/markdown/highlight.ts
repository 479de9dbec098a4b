/** Colours code. The grammars are compiled once and shared by all blocks. */
import rehypeHighlight from 'rehype-highlight';

type Highlight = ReturnType<typeof rehypeHighlight>;

let shared: Highlight | null = null;

/** A rehype plugin; the library's own would compile every grammar again for every block. */
export function sharedHighlight(): Highlight {
  shared ??= rehypeHighlight({ plainText: ['text', 'txt', 'plain', 'plaintext'] });
  return shared;
}
