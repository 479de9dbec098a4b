/** How fast bytes have come lately. */
import type { Clock } from '../platform/clock.ts';

const WINDOW_MS = 5_000;
/** Over less time a rate says little. */
const LEAST_MS = 500;

export interface Rate {
  add(bytes: number): void;
  /** Whole bytes a second over the last five seconds; null while too little is known. */
  bytesPerSecond(): number | null;
}

export function createRate(clock: Clock): Rate {
  const startMs = clock.monotonicMs();
  const seen: { readonly atMs: number; bytes: number }[] = [];
  /** One entry for each tick, so that fast lines do not fill the list. */
  const TICK_MS = 100;

  return {
    add(bytes) {
      const nowMs = clock.monotonicMs();
      const last = seen.at(-1);
      if (last && nowMs - last.atMs < TICK_MS) last.bytes += bytes;
      else seen.push({ atMs: nowMs, bytes });
    },
    bytesPerSecond() {
      const nowMs = clock.monotonicMs();
      while ((seen[0]?.atMs ?? nowMs) < nowMs - WINDOW_MS) seen.shift();
      const spanMs = Math.min(WINDOW_MS, nowMs - startMs);
      if (spanMs < LEAST_MS) return null;
      const bytes = seen.reduce((sum, each) => sum + each.bytes, 0);
      return Math.round((bytes * 1_000) / spanMs);
    },
  };
}
