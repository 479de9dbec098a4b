/** The one gate for relays: whether they may compute at all, and the rest they owe for the time in which they did. */
import type { Clock } from '../platform/clock.ts';
import type { News } from './news.ts';

/** Timers are no finer than a millisecond; what is owed below this is added up first. */
const SHORTEST_REST_MS = 2;

export interface RelayPace {
  /**
   * Part of the time that relays may have at most, 0 to 1; with 0 none takes part in the next step.
   * @returns resolved once the step is over that began before, if relays take part in it
   */
  limit(share: number): Promise<void>;
  readonly isOpen: boolean;
  /** Takes a step in which relays take part; `limit` waits for it. Fails as the step does. */
  during(step: Promise<void>): Promise<void>;
  /** Counts `workedMs` of a step in which only relays took part, at the given duty. */
  worked(workedMs: number, duty: number): void;
  /** Waits out what is owed, or until `isWanted`: then the owner's work is the relays' rest. */
  rest(isWanted: () => boolean): Promise<void>;
}

export function createRelayPace(clock: Clock, news: News): RelayPace {
  let share = 1;
  let owedMs = 0;
  let underWay: Promise<unknown> | null = null;
  return {
    async limit(next) {
      // What is owed for a smaller share would hold up the larger one for minutes.
      if (next > share) owedMs = 0;
      share = next;
      news.tell();
      await underWay;
    },
    get isOpen() {
      return share > 0;
    },
    async during(step) {
      // Whoever waits for its end does not care how it ended.
      underWay = step.catch(() => undefined);
      try {
        await step;
      } finally {
        underWay = null;
      }
    },
    worked(workedMs, duty) {
      const part = Math.min(duty, share);
      if (part > 0) owedMs += (workedMs * (1 - part)) / part;
    },
    async rest(isWanted) {
      while (owedMs >= SHORTEST_REST_MS) {
        news.read();
        if (isWanted()) {
          owedMs = 0;
          return;
        }
        const beganMs = clock.monotonicMs();
        await news.next(owedMs);
        // A timer that comes late has been rest as well: it is taken off the next one.
        if (owedMs > 0) owedMs -= clock.monotonicMs() - beganMs;
      }
    },
  };
}
