/** A clock on which nobody waits: every timer is due at once, and time moves on by as much as was asked for. */
import type { Clock } from '../../electron/platform/clock.ts';

export function createInstantClock(startMs = 1_700_000_000_000): Clock {
  let elapsedMs = 0;
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(ms, callback) {
      const timer = setImmediate(() => {
        elapsedMs += ms;
        callback();
      });
      return () => {
        clearImmediate(timer);
      };
    },
    every: () => {
      throw new Error('this clock would never come to an end');
    },
  };
}
