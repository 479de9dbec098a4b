/** Passes the first text on at once and merges what follows into one. */
import type { Clock } from '../platform/clock.ts';
import { createBatcher } from './batcher.ts';

export interface TextBatcher {
  add(text: string): void;
  /** Sends what waits; nothing is sent later. */
  flush(): void;
}

export function createTextBatcher(clock: Clock, send: (text: string) => void): TextBatcher {
  const batcher = createBatcher<string>(clock, (texts) => {
    send(texts.join(''));
  });
  return {
    add(text) {
      if (text !== '') batcher.add(text);
    },
    flush: batcher.flush,
  };
}
