/** Whose the engine is: as long as its owner is answered, or was a moment ago, nobody takes it from them. */
import type { Clock } from '../platform/clock.ts';

/** Whoever reads an answer may ask the next question. */
const READING_MS = 120_000;

export interface OwnersUse {
  isAnswering(): boolean;
  /** The owner is being answered, or was within the last minutes. */
  isRecent(): boolean;
  /** The same events; they count as the owner's from the first that is asked for until the last. */
  counted<Event>(events: AsyncIterable<Event>): AsyncIterable<Event>;
}

export function createOwnersUse(clock: Clock): OwnersUse {
  let answering = 0;
  let endedMs = -Infinity;
  return {
    isAnswering: () => answering > 0,
    isRecent: () => answering > 0 || clock.monotonicMs() - endedMs < READING_MS,
    async *counted(events) {
      answering += 1;
      try {
        yield* events;
      } finally {
        answering -= 1;
        endedMs = clock.monotonicMs();
      }
    },
  };
}
