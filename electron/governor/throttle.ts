/** Tells somebody of the newest only, and not more often than they want to hear. */
import type { Clock } from '../platform/clock.ts';

export interface Throttle<Told extends readonly unknown[]> {
  /** At once, or as soon as the time is over, unless something newer has come by then. */
  tell(...told: Told): void;
  /** Tells what waits. */
  dispose(): void;
}

export function createThrottle<Told extends readonly unknown[]>(
  clock: Clock,
  everyMs: number,
  hear: (...told: Told) => void,
): Throttle<Told> {
  let waiting: Told | null = null;
  let stopRest: (() => void) | null = null;

  const rest = (): void => {
    stopRest = clock.after(everyMs, () => {
      stopRest = null;
      flush();
    });
  };
  const flush = (): void => {
    if (waiting === null) return;
    const told = waiting;
    waiting = null;
    if (stopRest === null) rest();
    hear(...told);
  };

  return {
    tell(...told) {
      waiting = told;
      if (stopRest === null) flush();
    },
    dispose() {
      flush();
      stopRest?.();
    },
  };
}
