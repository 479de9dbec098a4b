/** Plays a model through its sequence port: one exact answer, or a short run against the clock. */
import type { Clock } from '../platform/clock.ts';
import type { ModelContext, SequencePort } from './model-context.ts';
import { DEFAULT_SAMPLING, type ChatTurn } from '../protocol/generate.ts';

const SPEED_TURNS: readonly ChatTurn[] = [
  { role: 'user', text: 'Tell me a long story about a lighthouse.' },
];
const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0, seed: 0 };
const VARIED = { ...DEFAULT_SAMPLING, temperature: 1, seed: 7 };

function firstSequence(model: ModelContext): SequencePort {
  const sequence = model.sequences[0];
  if (sequence === undefined) throw new Error('a model without sequences cannot be measured');
  return sequence;
}

/** The greedy answer, up to its end or `limit` tokens. */
export async function greedyAnswer(
  model: ModelContext,
  turns: readonly ChatTurn[],
  limit: number,
): Promise<readonly number[]> {
  const sequence = firstSequence(model);
  await sequence.keep(0);
  const source = sequence.open(model.render(turns), GREEDY);
  const answer: number[] = [];
  while (answer.length < limit) {
    const token = await source.next();
    if (token === null) break;
    answer.push(token.id);
  }
  await source.close();
  return answer;
}

export interface SpeedRun {
  readonly tokens: number;
  /** Stops early when this is over. */
  readonly budgetMs: number;
}

/** Tokens per second while writing; reading the prompt does not count. */
export async function decodeSpeed(
  model: ModelContext,
  clock: Clock,
  { tokens, budgetMs }: SpeedRun,
): Promise<number> {
  const sequence = firstSequence(model);
  const prompt = model.render(SPEED_TURNS);
  let written = 0;
  let spentMs = 0;
  while (written < tokens && spentMs < budgetMs) {
    await sequence.keep(0);
    const source = sequence.open(prompt, { ...VARIED, seed: VARIED.seed + written });
    let token = await source.next();
    // Nothing was written, and nothing would change the next time.
    if (token === null) {
      await source.close();
      break;
    }
    const startMs = clock.monotonicMs();
    while (token !== null && written < tokens) {
      token = await source.next();
      written += 1;
      if (spentMs + clock.monotonicMs() - startMs >= budgetMs) break;
    }
    spentMs += clock.monotonicMs() - startMs;
    await source.close();
  }
  return spentMs > 0 ? (written / spentMs) * 1000 : 0;
}
