/** Passes the first item on at once and collects what follows, so that fast answers cost few messages. */
import type { Clock } from '../platform/clock.ts';

/** The longest that an item waits for more. */
export const MERGE_MS = 30;

export interface Batcher<Item> {
  add(item: Item): void;
  /** Sends what waits; nothing is sent later. */
  flush(): void;
}

export function createBatcher<Item>(
  clock: Clock,
  send: (items: readonly Item[]) => void,
): Batcher<Item> {
  let waiting: Item[] = [];
  let stopTimer: (() => void) | null = null;

  const flush = (): void => {
    stopTimer?.();
    stopTimer = null;
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    send(items);
  };
  const pause = (): void => {
    // One beat for all: what several streams send at once shares packets and wake-ups on its way.
    const untilBeatMs = MERGE_MS - (clock.monotonicMs() % MERGE_MS);
    stopTimer = clock.after(untilBeatMs, () => {
      stopTimer = null;
      if (waiting.length === 0) return;
      flush();
      pause();
    });
  };

  return {
    add(item) {
      waiting.push(item);
      if (stopTimer) return;
      flush();
      pause();
    },
    flush,
  };
}
