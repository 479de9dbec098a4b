/** Joins the texts of an answer so that the window is told at most about thirty times a second. */
import type { Clock } from '../platform/clock.ts';

export const DELTA_INTERVAL_MS = 34;

export interface DeltaBatch {
  add(text: string): void;
  /** Sends what is left at once. Returns the number that the next piece will have. */
  flush(): number;
  /** Drops what is left; nothing is sent after it. */
  stop(): void;
}

export function createDeltaBatch(
  clock: Clock,
  send: (sequence: number, text: string) => void,
): DeltaBatch {
  let waiting = '';
  let sequence = 0;
  let lastSentMs = -Infinity;
  let stopTimer: (() => void) | null = null;

  function stop(): void {
    stopTimer?.();
    stopTimer = null;
    waiting = '';
  }

  function flush(): number {
    const text = waiting;
    stop();
    if (text === '') return sequence;
    lastSentMs = clock.monotonicMs();
    send(sequence++, text);
    return sequence;
  }

  return {
    add(text) {
      waiting += text;
      if (stopTimer) return;
      const waitMs = lastSentMs + DELTA_INTERVAL_MS - clock.monotonicMs();
      // The first words show at once: they are what the reader waits for.
      if (waitMs <= 0) flush();
      else stopTimer = clock.after(waitMs, flush);
    },
    flush,
    stop,
  };
}
