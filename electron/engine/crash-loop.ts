/** Tells a crash that may pass from a model that will crash every time. */
import { AppError } from '../platform/app-error.ts';

const LIMIT = 3;
const WINDOW_MS = 60_000;

/** All moments are of a clock that never jumps. */
export interface CrashLoop {
  /** A crash while loading. */
  add(nowMs: number): void;
  /** False again once the window has passed, so that whoever only asks recovers without a hand on the app. */
  isLoop(nowMs: number): boolean;
  reset(): void;
}

export function createCrashLoop(): CrashLoop {
  let times: readonly number[] = [];
  const recent = (nowMs: number) => times.filter((time) => nowMs - time < WINDOW_MS);
  return {
    add(nowMs) {
      times = [...recent(nowMs), nowMs];
    },
    isLoop: (nowMs) => recent(nowMs).length >= LIMIT,
    reset() {
      times = [];
    },
  };
}

export function crashLoopError(cause: AppError | undefined): AppError {
  const how = cause?.details === undefined ? '' : `; the last time ${cause.details}`;
  const details = `the engine crashed three times in a minute while it loaded this model${how}`;
  return new AppError('model-load-failed', { details, cause });
}
