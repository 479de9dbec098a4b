/** The vertical scale of a chart over whole numbers: a round top, and how high each value stands. */

/** The least of 1, 2 or 5 times a power of ten that is not below `most`; 1 when there is nothing. */
export function roundTop(most: bigint): bigint {
  let power = 1n;
  while (power * 10n <= most) power *= 10n;
  for (const step of [1n, 2n, 5n, 10n]) {
    if (step * power >= most) return step * power;
  }
  return power;
}

/** Where the lines stand, from the bottom: zero, the middle where that is a whole number, the top. */
export function gridLines(top: bigint): readonly bigint[] {
  return top % 2n === 0n ? [0n, top / 2n, top] : [0n, top];
}

const STEPS = 100_000n;

/** 0 to 1, for drawing only. */
export function shareOf(value: bigint, top: bigint): number {
  return Number((value * STEPS) / top) / Number(STEPS);
}
