/** Passes the first text on at once and merges what follows into one. */
import { createBatcher } from './batcher.ts';
import type { Beat } from './beat.ts';

export interface TextBatcher {
  add(text: string): void;
  /** Sends what waits; nothing is sent later. */
  flush(): void;
}

export function createTextBatcher(beat: Beat, send: (text: string) => void): TextBatcher {
  const batcher = createBatcher<string>(beat, (texts) => {
    send(texts.join(''));
  });
  return {
    add(text) {
      if (text !== '') batcher.add(text);
    },
    flush: batcher.flush,
  };
}
