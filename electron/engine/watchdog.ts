/** Notices work that does not come to an end. */
import type { Clock } from '../platform/clock.ts';

/**
 * A device that hangs never answers again, so whoever waits for it needs somebody who does not.
 * @param onHang called when work takes longer than `ms`; the work itself cannot be stopped
 * @returns what runs work under watch, one after the other
 */
export function createWatchdog(
  clock: Clock,
  ms: number,
  onHang: () => void,
): (work: () => Promise<void>) => Promise<void> {
  return async (work) => {
    const stopWatch = clock.after(ms, onHang);
    try {
      await work();
    } finally {
      stopWatch();
    }
  };
}
