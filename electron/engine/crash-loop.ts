/** Tells a crash that may pass from a model that will crash every time. */

const LIMIT = 3;
const WINDOW_MS = 60_000;

export interface CrashLoop {
  /** A crash while loading, at this moment of a clock that never jumps. */
  add(nowMs: number): void;
  readonly isLoop: boolean;
  reset(): void;
}

export function createCrashLoop(): CrashLoop {
  let times: readonly number[] = [];
  return {
    add(nowMs) {
      times = [...times, nowMs].filter((time) => nowMs - time < WINDOW_MS);
    },
    get isLoop() {
      return times.length >= LIMIT;
    },
    reset() {
      times = [];
    },
  };
}
