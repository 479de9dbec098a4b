/** Passes the first text on at once and merges what follows into one. */
import type { TokenLogprob } from '../protocol/generate.ts';
import { createBatcher } from './batcher.ts';
import type { Beat } from './beat.ts';

export interface TextPiece {
  readonly text: string;
  /** Of its tokens, when they were asked for. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

export interface TextBatcher {
  add(piece: TextPiece): void;
  /** Sends what waits; nothing is sent later. */
  flush(): void;
}

export function createTextBatcher(beat: Beat, send: (piece: TextPiece) => void): TextBatcher {
  const batcher = createBatcher<TextPiece>(beat, (pieces) => {
    const text = pieces.map((piece) => piece.text).join('');
    const isRated = pieces.some(({ logprobs }) => logprobs !== undefined);
    send(isRated ? { text, logprobs: pieces.flatMap(({ logprobs }) => logprobs ?? []) } : { text });
  });
  return {
    add(piece) {
      if (piece.text !== '' || piece.logprobs?.length) batcher.add(piece);
    },
    flush: batcher.flush,
  };
}
