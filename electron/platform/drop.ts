import type { Log } from './log.ts';

/** Lets a promise run on its own, on purpose: its failure is logged under `why` and goes no further. */
export function drop(promise: Promise<unknown>, why: string, log: Log): void {
  promise.catch((error: unknown) => {
    log.warn(`${why} failed`, { error });
  });
}
