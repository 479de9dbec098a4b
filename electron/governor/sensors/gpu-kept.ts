/** Keeps a session with a program going while it is wanted: restarts after a pause, gives up, never runs it twice. */
import type { Clock } from '../../platform/clock.ts';
import { drop } from '../../platform/drop.ts';
import type { Log } from '../../platform/log.ts';
import type { ProgramEnd } from './gpu-program.ts';

export interface Kept {
  /** To be said again and again while it is wanted; starts it when it does not run. */
  want(): void;
  /** Ends it; what does not end is not started again until it has. */
  letGo(): void;
  /** Whether it runs or is about to. */
  isHopeful(): boolean;
  /** Why there is nothing from it, for a person; null while all is well. */
  trouble(): string | null;
  /** Its program outlived SIGKILL: another one would only join it. */
  isStuck(): boolean;
}

export interface KeptOptions {
  /** One life of it; never rejects. */
  readonly session: (signal: AbortSignal) => Promise<ProgramEnd>;
  /** Told after each session: what went wrong, for a person. */
  readonly describe: (end: ProgramEnd) => string;
  readonly onTrouble: () => void;
}

const RESTARTS_MS = [2_000, 8_000, 30_000];
/** A session of this length was a good one: its end is a new trouble, not the old one again. */
const GOOD_MS = 60_000;
/** A driver that was installed meanwhile is found without a restart of Lull. */
const GIVE_UP_MS = 600_000;

export function createKept(
  ports: { readonly clock: Clock; readonly log: Log },
  { session, describe, onTrouble }: KeptOptions,
): Kept {
  const { clock, log } = ports;
  let failures = 0;
  let trouble: string | null = null;
  let resignedUntilMs = -Infinity;
  let isStuck = false;
  let current: AbortController | null = null;

  const resign = (): void => {
    failures = 0;
    resignedUntilMs = clock.monotonicMs() + GIVE_UP_MS;
  };

  /** @returns whether to try again, after the pause that was waited for */
  const afterSession = async (
    end: ProgramEnd,
    livedMs: number,
    signal: AbortSignal,
  ): Promise<boolean> => {
    if (end.kind === 'stuck') {
      isStuck = true;
      void end.gone.then(() => {
        isStuck = false;
      });
    }
    if (signal.aborted && end.kind !== 'stuck') return false;
    trouble = describe(end);
    log.warn('a graphics card cannot be asked', { end: end.kind, trouble, failures });
    onTrouble();
    if (end.kind === 'stuck') return false;
    if (livedMs >= GOOD_MS) failures = 0;
    const pauseMs = end.kind === 'missing' ? undefined : RESTARTS_MS[failures];
    if (pauseMs === undefined) {
      resign();
      return false;
    }
    failures += 1;
    await pause(clock, pauseMs, signal);
    return !signal.aborted;
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    let goesOn = true;
    while (goesOn) {
      const startMs = clock.monotonicMs();
      const end = await session(signal);
      goesOn = await afterSession(end, clock.monotonicMs() - startMs, signal);
    }
    current = null;
  };

  return {
    want() {
      if (current !== null || isStuck || clock.monotonicMs() < resignedUntilMs) return;
      current = new AbortController();
      drop(run(current.signal), 'keeping a program going', log);
    },
    letGo() {
      current?.abort();
    },
    isHopeful: () => current !== null && !current.signal.aborted,
    trouble: () => trouble,
    isStuck: () => isStuck,
  };
}

/** Ends early, without a rejection, when it is called off. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      stopTimer();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const stopTimer = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
