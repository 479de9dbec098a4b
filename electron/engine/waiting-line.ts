/** The requests that wait for a place, and whose turn is next. */
import type { Generation } from './generation.ts';
import { isRelay } from './step-plan.ts';

/** So many who came later may go ahead of one that can wait; then it is its turn. */
export const OVERTAKES = 4;

export interface Waiting {
  readonly generation: Generation;
  readonly sinceMs: number;
  /** Requests of the same kind that came later and went ahead. */
  readonly overtaken: number;
}

export interface WaitingLine {
  readonly all: readonly Generation[];
  add(generation: Generation, nowMs: number): void;
  /** Owners before relays; of either, who can wait after who cannot, but not for ever. */
  next(): Waiting | null;
  /** Takes one out of the line: it has a place. */
  take(waiting: Waiting): void;
  /** Forgets those that have ended. */
  dropEnded(): void;
  /** Relays that have been here since before `ms`. */
  relaysSince(ms: number): readonly Generation[];
  clear(): void;
}

/** Whether others of its kind go first when there is room for one only. */
export function givesWay({ generation, overtaken }: Waiting): boolean {
  return generation.request.priority === 'can-wait' && overtaken < OVERTAKES;
}

export function createWaitingLine(): WaitingLine {
  /** In the order in which they came. */
  let line: readonly Waiting[] = [];
  const rank = (waiting: Waiting) =>
    (isRelay(waiting.generation) ? 2 : 0) + (givesWay(waiting) ? 1 : 0);
  return {
    get all() {
      return line.map(({ generation }) => generation);
    },
    add(generation, nowMs) {
      line = [...line, { generation, sinceMs: nowMs, overtaken: 0 }];
    },
    next() {
      let first: Waiting | null = null;
      for (const each of line) if (first === null || rank(each) < rank(first)) first = each;
      return first;
    },
    take(taken) {
      const at = line.findIndex(({ generation }) => generation === taken.generation);
      const overtake = (each: Waiting): Waiting =>
        isRelay(each.generation) === isRelay(taken.generation)
          ? { ...each, overtaken: each.overtaken + 1 }
          : each;
      line = [...line.slice(0, at).map(overtake), ...line.slice(at + 1)];
    },
    dropEnded() {
      if (line.some(({ generation }) => generation.ended)) {
        line = line.filter(({ generation }) => !generation.ended);
      }
    },
    relaysSince(ms) {
      const early = line.filter(({ generation, sinceMs }) => isRelay(generation) && sinceMs <= ms);
      return early.map(({ generation }) => generation);
    },
    clear() {
      line = [];
    },
  };
}
