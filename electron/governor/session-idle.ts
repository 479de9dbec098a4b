/** Which count of idle time is believed: Electron's where it can be, else the desktop session's own. */
import type { Clock } from '../platform/clock.ts';
import { CONTRADICTION_MS, LYING, type PresenceSource } from './presence-source.ts';
import {
  combineSensors,
  type MachineReadings,
  type Reading,
  type Readings,
  type Sensors,
  type Source,
} from './sensors.ts';

export interface SensorsOfSystem extends Sensors {
  /** Lull's own window has just got input. */
  noteOwnInput(): void;
}

/** @param usesSession when Electron's count is unusable from the start */
export function createSystemSensors(
  presence: PresenceSource,
  machine: Source<MachineReadings>,
  { clock, usesSession }: { readonly clock: Clock; readonly usesSession: boolean },
): SensorsOfSystem {
  const both = combineSensors(presence, machine);
  let isSessionLying = false;
  /** Input that the session's count has not been compared with yet. */
  let ownInputMs: number | null = null;

  /** Only what was counted after the input can tell whether it was seen. */
  const compare = ({ value, atMs }: Reading<number>): void => {
    if (ownInputMs === null || atMs <= ownInputMs) return;
    isSessionLying = ownInputMs - (atMs - value) > CONTRADICTION_MS;
    ownInputMs = null;
  };

  const prefer = (readings: Readings): Readings => {
    if (!usesSession || readings.idleMs !== null) return readings;
    const { sessionIdleMs, unknown, unknownIdle } = readings;
    if (sessionIdleMs !== null) compare(sessionIdleMs);
    if (isSessionLying) return { ...readings, unknownIdle: LYING };
    if (sessionIdleMs !== null) return { ...readings, idleMs: sessionIdleMs, unknownIdle: null };
    const why = unknown.sessionIdleMs;
    return why === undefined
      ? readings
      : { ...readings, unknownIdle: [unknownIdle, `the session’s idle time: ${why}`].join('; ') };
  };

  return {
    ...both,
    read: () => prefer(both.read()),
    look: async () => prefer(await both.look()),
    noteOwnInput() {
      presence.noteOwnInput();
      // The first of several that come before the next count is the one that it must have seen.
      if (usesSession) ownInputMs ??= clock.monotonicMs();
    },
  };
}
