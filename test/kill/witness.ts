/**
 * Remembers what left a node, as whoever got it would: both nodes of a life die together, so neither can testify that
 * the other had promised something which its disk does not know.
 */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { LIFE_FILES } from './life-plan.ts';

/** What must be on disk before it leaves, and by what it is found there. */
export const TESTIMONIES = [
  /** A voucher, in a request: by its signature. */
  'relay-sent',
  /** The first words of an answer: by the voucher that pays for it. */
  'relay-accepted',
  /** A receipt: by its signature. */
  'relay-served',
  /** The word that a request will never be served: by the request. */
  'relay-voided',
  /** A signed transaction: by its bytes. */
  'transaction',
] as const;
export type Testimony = (typeof TESTIMONIES)[number];

export interface Witness {
  saw(what: Testimony, mark: string): void;
}

export function createWitness(folder: string): Witness {
  const file = path.join(folder, LIFE_FILES.witness);
  return {
    saw: (what, mark) => {
      appendFileSync(file, `${what} ${mark}\n`);
    },
  };
}

/** @returns the marks of each kind */
export function readTestimonies(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [what = '', mark = ''] = line.split(' ');
    const known = found.get(what);
    if (known) known.push(mark);
    else found.set(what, [mark]);
  }
  return found;
}
