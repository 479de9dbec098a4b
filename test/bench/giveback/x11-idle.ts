/** Sensors whose idle time is the X server's own; until something happens, the owner has been away for an hour. */
import type { Readings, Sensors } from '../../../electron/governor/sensors.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createFakeSensors } from '../../fakes/fake-sensors.ts';
import type { X11Owner } from './x11-owner-adapter.ts';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
/** The server counts whole milliseconds. */
const ROUNDING_MS = 3;

/**
 * Asked as often as the governor wishes and no more often, and rounded down to whole seconds as Electron does.
 * @param quietSinceMs what happened before, on the monotonic clock, is nothing new
 */
export function createX11Sensors(owner: X11Owner, quietSinceMs: number): Sensors {
  const others = createFakeSensors(systemClock);
  const listeners = new Set<() => void>();
  let idle = { value: HOUR_MS, atMs: systemClock.monotonicMs(), source: 'X11' };
  let stop: () => void = () => undefined;
  let isSeen = false;

  const query = async (): Promise<void> => {
    const ms = await owner.idleMs();
    const atMs = systemClock.monotonicMs();
    const isNew = atMs - ms > quietSinceMs + ROUNDING_MS;
    const value = isNew ? Math.floor(ms / SECOND_MS) * SECOND_MS : HOUR_MS;
    idle = { ...idle, value, atMs };
    if (!isNew || isSeen) return;
    isSeen = true;
    for (const listener of listeners) listener();
  };
  const read = (): Readings => ({ ...others.read(), idleMs: idle });
  return {
    read,
    look: () => Promise.resolve(read()),
    watch(wish) {
      stop();
      stop = () => undefined;
      if (wish === null) return;
      stop = systemClock.every(wish.everyMs, () => {
        void query();
      });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
