/** Which count of idle time is believed: Electron's where it can be, else the desktop session's own. */
import { CONTRADICTION_MS, LYING, type PresenceSource } from './presence-source.ts';
import {
  combineSensors,
  type MachineReadings,
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
  usesSession: boolean,
): SensorsOfSystem {
  const both = combineSensors(presence, machine);
  let isSessionLying = false;

  const prefer = (readings: Readings): Readings => {
    if (!usesSession || readings.idleMs !== null) return readings;
    const { sessionIdleMs, unknown, unknownIdle } = readings;
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
      if (usesSession) {
        isSessionLying = (machine.read().sessionIdleMs?.value ?? 0) > CONTRADICTION_MS;
      }
    },
  };
}
