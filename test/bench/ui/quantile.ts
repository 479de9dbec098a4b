/** Order statistics of samples. */

/** @param part 0 is the lowest, 1 the highest. @returns NaN when there is none */
export function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}
