/** Passes the first item on at once and collects what follows, so that fast answers cost few messages. */
import type { Beat } from './beat.ts';

export interface Batcher<Item> {
  add(item: Item): void;
  /** Sends what waits; nothing is sent later. */
  flush(): void;
}

export function createBatcher<Item>(
  beat: Beat,
  send: (items: readonly Item[]) => void,
): Batcher<Item> {
  let waiting: Item[] = [];
  let stopPause: (() => void) | null = null;

  const flush = (): void => {
    stopPause?.();
    stopPause = null;
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    send(items);
  };
  const pause = (): void => {
    stopPause = beat.next(() => {
      stopPause = null;
      if (waiting.length === 0) return;
      flush();
      pause();
    });
  };

  return {
    add(item) {
      waiting.push(item);
      if (stopPause) return;
      flush();
      pause();
    },
    flush,
  };
}
