/** Keeps a download under a bandwidth limit that may change at any moment. */
import type { Clock } from '../platform/clock.ts';

/** A token bucket: what may be taken now, in bytes; below zero it is owed. */
export interface Bucket {
  readonly bytesPerSecond: number | null;
  readonly bytes: number;
  readonly atMs: number;
}

/** So much of the limit may come at once after a rest. */
const BURST_MS = 250;

function newBucket(bytesPerSecond: number | null, nowMs: number): Bucket {
  return { bytesPerSecond, bytes: 0, atMs: nowMs };
}

/** What flowed in since; nothing is owed and nothing saved where there is no limit. */
function refill(bucket: Bucket, nowMs: number): Bucket {
  const { bytesPerSecond, bytes, atMs } = bucket;
  if (bytesPerSecond === null) return { bytesPerSecond, bytes: 0, atMs: nowMs };
  const flowed = (bytesPerSecond * Math.max(0, nowMs - atMs)) / 1_000;
  const most = (bytesPerSecond * BURST_MS) / 1_000;
  return { bytesPerSecond, bytes: Math.min(most, bytes + flowed), atMs: nowMs };
}

function takeFrom(bucket: Bucket, bytes: number): Bucket {
  return { ...bucket, bytes: bucket.bytes - bytes };
}

/** How long until nothing is owed any more. */
export function owedMs({ bytesPerSecond, bytes }: Bucket): number {
  if (bytesPerSecond === null || bytes >= 0) return 0;
  return Math.ceil((-bytes * 1_000) / bytesPerSecond);
}

export interface Pacer {
  /** Notes that `bytes` have arrived and waits until more may; ends early when `signal` aborts. */
  took(bytes: number, signal: AbortSignal): Promise<void>;
  setLimit(bytesPerSecond: number | null): void;
}

export function createPacer(clock: Clock): Pacer {
  let bucket = newBucket(null, clock.monotonicMs());
  let wake: () => void = () => undefined;

  /** Until it is paid, the limit changes or nobody wants it any more. */
  function wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      resolve(undefined);
    };
    const callOff = clock.after(ms, end);
    wake = end;
    signal.addEventListener('abort', end, { once: true });
    return promise.finally(() => {
      callOff();
      signal.removeEventListener('abort', end);
    });
  }

  return {
    async took(bytes, signal) {
      bucket = takeFrom(refill(bucket, clock.monotonicMs()), bytes);
      for (;;) {
        const ms = owedMs(bucket);
        if (ms === 0 || signal.aborted) return;
        await wait(ms, signal);
        bucket = refill(bucket, clock.monotonicMs());
      }
    },
    setLimit(bytesPerSecond) {
      const now = refill(bucket, clock.monotonicMs());
      bucket = { ...now, bytesPerSecond };
      wake();
    },
  };
}
