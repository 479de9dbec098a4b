/** Keeps the sensors' process: runs it while somebody watches, ends it when it is silent, and says so in its place. */
import { NOT_READ_YET } from '../../ipc/status.ts';
import type { SpawnChild } from '../../platform/child.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { MachineReadings, Source, Wish } from '../sensors.ts';
import { allUnknown, isInput, isNews, withMessage } from './machine-state.ts';
import type { SensorsConfig } from './messages.ts';
import { startSensorSession, type SensorSession } from './sensor-session.ts';

/** Waits before each new try; after the last one nobody tries again until somebody asks. */
export const RESTART_AFTER_MS = [2_000, 8_000, 30_000] as const;
/** One that lived so long was no failure from the start. */
const STEADY_MS = 60_000;
/** Whoever asks once gets what there is by then. */
const LOOK_LIMIT_MS = 8_000;
/** A person who looks wants to see cards, too. */
const LOOK: Wish = { everyMs: 1_000, withGpu: true, games: [], ownPids: [] };

const MISSING =
  'the sensors failed again and again; they are started anew when serving is next wanted';

export interface SensorSupervisor extends Source<MachineReadings> {
  readonly pid: number | undefined;
}

export interface SupervisorPorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
}

export function createSensorSupervisor(
  ports: SupervisorPorts,
  config: SensorsConfig,
): SensorSupervisor {
  const { clock, log } = ports;
  const listeners = new Set<() => void>();
  const lookers = new Set<() => void>();
  let wish: Wish | null = null;
  let session: SensorSession | null = null;
  let readings = allUnknown(NOT_READ_YET);
  let failures = 0;
  let startedAtMs = 0;
  let stopWaiting: (() => void) | null = null;

  const set = (next: MachineReadings): void => {
    const before = readings;
    readings = next;
    if (wish !== null && (isNews(before, next) || isInput(before, next))) tell();
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const wanted = (): Wish | null =>
    lookers.size === 0 ? wish : { ...(wish ?? LOOK), withGpu: true };

  /** Makes the process be as it is wanted; one that has been ended but is not gone yet stands in the way. */
  const settle = (): void => {
    const next = wanted();
    if (session !== null) {
      if (next === null) session.stop();
      else session.watch(next);
    } else if (next !== null && stopWaiting === null && failures <= RESTART_AFTER_MS.length) {
      start(next);
    }
  };

  const start = (first: Wish): void => {
    startedAtMs = clock.monotonicMs();
    session = startSensorSession(ports, config, {
      onReadings(message) {
        set(withMessage(readings, message, clock.monotonicMs()));
      },
      onComplete() {
        endLooks();
      },
      onFailure(why) {
        log.warn('the sensors’ process fails', { why });
        set(allUnknown(why));
        endLooks();
      },
      onGone(why) {
        session = null;
        if (why !== null) planRestart(why);
        settle();
      },
    });
    session.watch(first);
  };

  const planRestart = (why: string): void => {
    const isSteady = clock.monotonicMs() - startedAtMs >= STEADY_MS;
    const waitMs = RESTART_AFTER_MS[isSteady ? 0 : failures];
    failures = isSteady ? 1 : failures + 1;
    set(allUnknown(waitMs === undefined ? MISSING : why));
    if (waitMs !== undefined) {
      stopWaiting = clock.after(waitMs, () => {
        stopWaiting = null;
        settle();
      });
    }
    endLooks();
  };

  const forgetFailures = (): void => {
    failures = 0;
    stopWaiting?.();
    stopWaiting = null;
  };

  const endLooks = (): void => {
    for (const end of [...lookers]) end();
  };

  return {
    get pid() {
      return session?.pid;
    },
    read: () => readings,
    look: () =>
      new Promise((resolve) => {
        const end = (): void => {
          stopLimit();
          lookers.delete(end);
          // Before nobody wants anything any more, and it is forgotten.
          resolve(readings);
          if (wish === null) readings = allUnknown(NOT_READ_YET);
          settle();
        };
        const stopLimit = clock.after(LOOK_LIMIT_MS, end);
        lookers.add(end);
        if (session === null) forgetFailures();
        settle();
      }),
    watch(next) {
      const wasWatching = wish !== null;
      wish = next;
      if (next === null) {
        forgetFailures();
        if (lookers.size === 0) readings = allUnknown(NOT_READ_YET);
      } else if (!wasWatching && session === null) forgetFailures();
      settle();
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
