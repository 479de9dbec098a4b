/** How many threads a model runs best with on this processor, found by trying. */

export interface ThreadSample {
  readonly threads: number;
  readonly tokensPerSecond: number;
}

/** Fewer threads are worth this much speed: they leave the computer usable, and a busy core costs all of them. */
export const NEARLY_BEST = 0.95;
/** Two counts in a row below the best mean that more will not help: the barrier eats the gain. */
const WORSE_IN_A_ROW = 2;

/**
 * The most that is ever used. llama.cpp's threads spin while they wait for each other, so a count that needs every
 * core stands still as soon as anything else runs: with more than two cores one stays free, and sibling threads
 * of one core are never used.
 */
export function mostThreads(physicalCores: number): number {
  return physicalCores > 2 ? physicalCores - 1 : Math.max(1, physicalCores);
}

/** Counts worth trying, smallest first: every one up to 4, then every even one. */
export function threadCandidates(physicalCores: number): readonly number[] {
  const most = mostThreads(physicalCores);
  const counts = Array.from({ length: most }, (_, index) => index + 1);
  return counts.filter((count) => count <= 4 || count % 2 === 0 || count === most);
}

/** The smallest count that comes close to the best. */
export function chooseThreads(samples: readonly ThreadSample[]): number {
  const best = Math.max(...samples.map((sample) => sample.tokensPerSecond));
  const good = samples.filter((sample) => sample.tokensPerSecond >= best * NEARLY_BEST);
  return Math.min(...good.map((sample) => sample.threads));
}

/**
 * Measures one count after the other until time is up or more threads only make it worse.
 * @param measure tokens per second with so many threads
 * @param isOver whether the time allowed is up
 */
export async function measureThreads(
  physicalCores: number,
  measure: (threads: number) => Promise<number>,
  isOver: () => boolean,
): Promise<readonly ThreadSample[]> {
  const samples: ThreadSample[] = [];
  let best = 0;
  let worse = 0;
  for (const threads of threadCandidates(physicalCores)) {
    const tokensPerSecond = await measure(threads);
    samples.push({ threads, tokensPerSecond });
    worse = tokensPerSecond > best ? 0 : worse + 1;
    best = Math.max(best, tokensPerSecond);
    if (worse >= WORSE_IN_A_ROW || isOver()) break;
  }
  return samples;
}
