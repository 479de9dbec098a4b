/** The rest that relays owe after the time in which they had the engine for themselves. */
import type { Clock } from '../platform/clock.ts';
import type { News } from './news.ts';

/** Timers are no finer than a millisecond; what is owed below this is added up first. */
const SHORTEST_REST_MS = 2;

export interface RelayPace {
  /** Counts `workedMs` of a step in which only relays took part, at the given duty. */
  worked(workedMs: number, duty: number): void;
  /** Waits out what is owed, or until `isWanted`: then the owner's work is the relays' rest. */
  rest(isWanted: () => boolean): Promise<void>;
}

export function createRelayPace(clock: Clock, news: News): RelayPace {
  let owedMs = 0;
  return {
    worked(workedMs, duty) {
      owedMs += (workedMs * (1 - duty)) / duty;
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
        owedMs -= clock.monotonicMs() - beganMs;
      }
    },
  };
}
