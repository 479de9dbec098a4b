/** A clock that moves only when the test says so. */
import type { Clock } from '../../electron/platform/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on, calling back everything that falls due, in order. */
  advance(ms: number): void;
}

interface Timer {
  dueMs: number;
  readonly everyMs: number | null;
  readonly callback: () => void;
}

export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsedMs = 0;
  const timers = new Set<Timer>();

  function add(ms: number, everyMs: number | null, callback: () => void): () => void {
    const timer: Timer = { dueMs: elapsedMs + ms, everyMs, callback };
    timers.add(timer);
    return () => timers.delete(timer);
  }

  function fireNext(untilMs: number): boolean {
    const [next] = [...timers]
      .filter(({ dueMs }) => dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs);
    if (!next) return false;
    elapsedMs = Math.max(elapsedMs, next.dueMs);
    if (next.everyMs === null) timers.delete(next);
    else next.dueMs += next.everyMs;
    next.callback();
    return true;
  }

  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after: (ms, callback) => add(ms, null, callback),
    every: (ms, callback) => add(ms, ms, callback),
    advance(ms) {
      const untilMs = elapsedMs + ms;
      while (fireNext(untilMs));
      elapsedMs = untilMs;
    },
  };
}
