/** Notices that the parent's heartbeat has stopped. */
import type { Clock } from '../platform/clock.ts';

/** How often the parent sends a pulse. */
export const PULSE_MS = 500;
/** Without a pulse for this long the parent is taken for dead. */
const PULSE_LOST_MS = 2000;

const TICK_MS = 250;

export interface PulseWatch {
  /** A pulse came. */
  beat(): void;
  dispose(): void;
}

/**
 * Counts its own ticks and not the time between them: after the computer slept, or while this process was held
 * up, time has passed in which no pulse could arrive, and that says nothing about the parent.
 */
export function watchPulse(clock: Clock, onLost: () => void): PulseWatch {
  let missed = 0;
  const stop = clock.every(TICK_MS, () => {
    // The first tick may follow the last pulse at once, so it proves nothing.
    if (missed * TICK_MS < PULSE_LOST_MS) {
      missed += 1;
      return;
    }
    stop();
    onLost();
  });
  return {
    beat() {
      missed = 0;
    },
    dispose: stop,
  };
}
