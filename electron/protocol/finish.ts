/** How answers end, in receipts and on the wire. */

/** How an answer ended, by its number on the wire. A failed one is never charged. */
export const FINISHES = ['stop', 'length', 'cancelled', 'deadline', 'failed'] as const;
export type Finish = (typeof FINISHES)[number];

export function finishNumber(finish: Finish): number {
  return FINISHES.indexOf(finish);
}

/** Null for a number that no finish has. */
export function finishOf(number: number): Finish | null {
  return FINISHES[number] ?? null;
}

/** An end that the answer itself came to, or the limits that its request set. */
export function isOwnEnd(finish: Finish | null): boolean {
  return finish === 'stop' || finish === 'length';
}
