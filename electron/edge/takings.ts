/** Gathers what was taken until it is worth a message; the other side never waits for what is still gathered. */
import type { CreditLimits } from './limits.ts';

/** Half of what may be on its way is told of at once; the other half is on its way meanwhile. */
const PART = 2;

export interface Takings {
  /**
   * @param length of the JSON text that was taken, or more
   * @returns how many events the other side is to be told of now; 0 for none yet
   */
  add(count: number, length: number): number;
}

export function createTakings({ maxEvents, maxLength }: CreditLimits): Takings {
  let events = 0;
  let gathered = 0;
  return {
    add(count, length) {
      events += count;
      gathered += length;
      if (events < maxEvents / PART && gathered < maxLength / PART) return 0;
      const due = events;
      events = 0;
      gathered = 0;
      return due;
    },
  };
}
