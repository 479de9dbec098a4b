/** Passes the first text on at once and merges what follows, so that fast answers cost few messages. */
import type { Clock } from '../platform/clock.ts';

/** The longest that text waits for more. */
export const MERGE_MS = 30;

export interface TextBatcher {
  add(text: string): void;
  /** Sends what waits; nothing is sent later. */
  flush(): void;
}

export function createTextBatcher(clock: Clock, send: (text: string) => void): TextBatcher {
  let waiting = '';
  let stopTimer: (() => void) | null = null;

  const flush = (): void => {
    stopTimer?.();
    stopTimer = null;
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    send(text);
  };
  const pause = (): void => {
    stopTimer = clock.after(MERGE_MS, () => {
      stopTimer = null;
      if (waiting === '') return;
      flush();
      pause();
    });
  };

  return {
    add(text) {
      waiting += text;
      if (stopTimer) return;
      flush();
      pause();
    },
    flush,
  };
}
