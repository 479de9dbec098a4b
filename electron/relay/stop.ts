/** Ends a relay once, and remembers why. */
import type { Finish } from '../protocol/finish.ts';

export interface Stop {
  readonly signal: AbortSignal;
  /** The first reason given; null while it goes on. */
  readonly reason: Finish | null;
  stop(reason: Finish): void;
}

export function createStop(): Stop {
  const controller = new AbortController();
  let reason: Finish | null = null;
  return {
    signal: controller.signal,
    get reason() {
      return reason;
    },
    stop(why) {
      if (reason !== null) return;
      reason = why;
      controller.abort();
    },
  };
}
