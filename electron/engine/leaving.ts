/** Whether the engine process that was ended last is really gone. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createDeferred } from '../platform/deferred.ts';

/** A killed process that holds on for this long hangs in a driver; the next one would hang with it. */
const LIMIT_MS = 30_000;

export interface Leaving {
  /** A process was told to end and still holds its memory. */
  readonly isUnderWay: boolean;
  /** @param gone resolves when the process has ended, and what it held is free */
  begin(gone: Promise<void>): void;
  /** Resolves when the latest one is gone. @throws AppError `engine-crashed` when it is not in time */
  over(): Promise<void>;
}

export function createLeaving(clock: Clock): Leaving {
  let latest: Promise<void> | null = null;
  return {
    get isUnderWay() {
      return latest !== null;
    },
    begin(gone) {
      const left = gone.then(() => {
        if (latest === left) latest = null;
      });
      latest = left;
    },
    async over() {
      if (latest === null) return;
      const limit = createDeferred<never>();
      const stopLimit = clock.after(LIMIT_MS, () => {
        const details = 'the engine process before it does not end';
        limit.reject(new AppError('engine-crashed', { details }));
      });
      try {
        await Promise.race([latest, limit.promise]);
      } finally {
        stopLimit();
      }
    },
  };
}

/** @returns whether it came to an end within `ms`, well or not */
export async function isWithin(end: Promise<unknown>, clock: Clock, ms: number): Promise<boolean> {
  const limit = createDeferred<false>();
  const stopLimit = clock.after(ms, () => {
    limit.resolve(false);
  });
  const ended = end.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([ended, limit.promise]);
  } finally {
    stopLimit();
  }
}
