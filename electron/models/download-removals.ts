/** In main: what unfinished downloads left on the disk and is to be deleted, by the process that may still write it. */
import { AppError } from '../platform/app-error.ts';
import { createDeferred, type Deferred } from '../platform/deferred.ts';
import type { FromDownload, ToDownload } from './download-messages.ts';

interface Removal {
  readonly destination: string;
  readonly end: Deferred<undefined>;
  /** Null until the process was told. */
  run: number | null;
}

export interface Removals {
  readonly isEmpty: boolean;
  /** Whether something of this destination is still to be deleted. */
  has(destination: string): boolean;
  /** Resolves once it is done. @throws AppError when it cannot be */
  add(destination: string): Promise<undefined>;
  /** Tells the process about all that it was not told yet, but for what is being fetched. */
  send(post: (message: ToDownload) => void, nextRun: () => number, busy: string | null): void;
  /** @returns whether the news was about one of these */
  receive(message: Extract<FromDownload, { readonly run: number }>): boolean;
  /** The process is gone: the next one is told again. */
  lost(): void;
  failAll(error: AppError): void;
}

export function createRemovals(): Removals {
  const open = new Set<Removal>();

  function end(removal: Removal, failure: AppError | null): void {
    open.delete(removal);
    if (failure === null) removal.end.resolve(undefined);
    else removal.end.reject(failure);
  }

  return {
    get isEmpty() {
      return open.size === 0;
    },
    has: (destination) => [...open].some((removal) => removal.destination === destination),
    add(destination) {
      const removal = { destination, end: createDeferred<undefined>(), run: null };
      open.add(removal);
      return removal.end.promise;
    },
    send(post, nextRun, busy) {
      for (const removal of open) {
        if (removal.run !== null || removal.destination === busy) continue;
        const run = nextRun();
        removal.run = run;
        post({ type: 'remove', run, destination: removal.destination });
      }
    },
    receive(message) {
      const removal = [...open].find(({ run }) => run === message.run);
      if (removal === undefined) return false;
      if (message.type !== 'failed') end(removal, null);
      else {
        const { code, details } = message;
        end(removal, new AppError(code, details === null ? {} : { details }));
      }
      return true;
    },
    lost() {
      for (const removal of open) removal.run = null;
    },
    failAll(error) {
      for (const removal of open) end(removal, error);
    },
  };
}
