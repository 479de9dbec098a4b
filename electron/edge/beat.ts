/** One beat for all streams of an edge: what falls due together travels together. */
import type { Clock } from '../platform/clock.ts';

/** From one beat to the next: the longest that anything waits for more. */
export const BEAT_MS = 30;

export interface Beat {
  /** Whether those who waited are being called right now. */
  readonly isBeating: boolean;
  /** Calls back once, at the next beat; returns a function that calls it off. */
  next(callback: () => void): () => void;
}

/** Runs only while somebody waits. @param afterEach called when all who waited for a beat have been called */
export function createBeat(clock: Clock, afterEach: () => void = () => undefined): Beat {
  let waiting = new Set<() => void>();
  let isRunning = false;
  let isBeating = false;

  // Always a whole beat from the last one, never to a point on the clock: a timer that fires early would beat twice.
  const start = (): void => {
    isRunning = true;
    clock.after(BEAT_MS, () => {
      const due = waiting;
      waiting = new Set();
      isBeating = true;
      for (const each of due) each();
      isBeating = false;
      afterEach();
      if (waiting.size === 0) isRunning = false;
      else start();
    });
  };

  return {
    get isBeating() {
      return isBeating;
    },
    next(callback) {
      // A wrapper of its own, so that the same callback may wait twice.
      const call = (): void => {
        callback();
      };
      const mine = waiting;
      mine.add(call);
      if (!isRunning) start();
      return () => mine.delete(call);
    },
  };
}
