/** Finds the threads that a large model runs best with, from a few words that it writes right after loading. */
import type { Clock } from '../platform/clock.ts';
import { DEFAULT_SAMPLING } from '../protocol/generate.ts';
import type { ModelContext } from './model-context.ts';
import { chooseThreads, NEARLY_BEST, type ThreadSample } from './threads.ts';

/** Enough for a rate: a step of a large model takes far longer than a clock's error. */
const TOKENS_PER_COUNT = 4;
const PROMPT = [{ role: 'user', text: 'Tell me a long story.' }] as const;
const SAMPLING = { ...DEFAULT_SAMPLING, temperature: 1, seed: 7 };

export interface TunableModel {
  readonly context: ModelContext;
  setThreads(threads: number): void;
}

/**
 * Tries `most` threads, then half as many and so on, for as long as that costs next to nothing. From the top,
 * because a large model is slow with few threads and its owner is waiting.
 * @returns the count that is set now
 */
export async function tuneThreads(
  model: TunableModel,
  most: number,
  clock: Clock,
): Promise<number> {
  const samples = await measure(model, most, clock);
  const best = samples.length > 0 ? chooseThreads(samples) : most;
  model.setThreads(best);
  return best;
}

async function measure(
  { context, setThreads }: TunableModel,
  most: number,
  clock: Clock,
): Promise<readonly ThreadSample[]> {
  const [sequence] = context.sequences;
  if (sequence === undefined) return [];
  const samples: ThreadSample[] = [];
  setThreads(most);
  const source = sequence.open(context.render(PROMPT), SAMPLING);
  try {
    // The first token pays for the prompt and for pages of the model that were not read yet.
    let isOver = (await source.next()) === null;
    for (let threads = most; threads >= 1 && !isOver; threads = Math.floor(threads / 2)) {
      setThreads(threads);
      const startMs = clock.monotonicMs();
      for (let count = 0; count < TOKENS_PER_COUNT && !isOver; count += 1) {
        isOver = (await source.next()) === null;
      }
      if (isOver) break;
      const tokensPerSecond = (TOKENS_PER_COUNT * 1000) / (clock.monotonicMs() - startMs);
      samples.push({ threads, tokensPerSecond });
      const best = Math.max(...samples.map((sample) => sample.tokensPerSecond));
      isOver = tokensPerSecond < best * NEARLY_BEST;
    }
  } finally {
    await source.close();
    await sequence.keep(0);
  }
  return samples;
}
