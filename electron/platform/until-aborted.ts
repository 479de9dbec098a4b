/** Waits for something, or for nobody wanting it any more. */
import { AppError } from './app-error.ts';
import { createDeferred } from './deferred.ts';

/** @throws AppError `cancelled` as soon as `signal` aborts; what was waited for goes on by itself */
export async function untilAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return promise;
  const aborted = createDeferred<never>();
  const onAbort = () => {
    aborted.reject(new AppError('cancelled'));
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
