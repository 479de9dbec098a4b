/** Measures right after loading what a step of a model costs with one token in it and with several. */
import type { Clock } from '../platform/clock.ts';
import { DEFAULT_SAMPLING } from '../protocol/generate.ts';
import type { ModelContext, TokenSource } from './model-context.ts';
import { MOST_STEP_TOKENS, type StepCost, type StepCosts } from './speculation-rule.ts';

/** Nobody notices it beside the loading of a model. */
const TIMED_MS = 300;
/** With the first step of every kind, for which a device may have to translate its programs. */
const LIMIT_MS = 1000;
/** After the first one, which is not timed. */
const ROUNDS = 2;
const PROMPT = [{ role: 'user', text: 'Tell me a long story.' }] as const;
const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0, seed: 0 };

/**
 * The fewer tokens come first: where the time runs out, the larger steps stay unknown and are not taken.
 * @returns as far as was measured; nothing for a model that cannot be asked for several tokens at a time
 */
export async function measureStepCosts(model: ModelContext, clock: Clock): Promise<StepCosts> {
  const [sequence] = model.sequences;
  if (sequence?.canRewind !== true) return [];
  const prompt = model.render(PROMPT);
  if (prompt.length + (ROUNDS + 1) * MOST_STEP_TOKENS * 2 > model.contextTokens) return [];
  const endMs = clock.monotonicMs() + LIMIT_MS;
  const source = sequence.open(prompt, GREEDY);
  try {
    const first = await source.next();
    if (first === null || source.check === undefined) return [];
    return await measureAll(source, first.id, clock, endMs);
  } finally {
    await source.close();
    await sequence.keep(0);
  }
}

async function measureAll(
  source: TokenSource,
  token: number,
  clock: Clock,
  endMs: number,
): Promise<StepCosts> {
  const costs: StepCost[] = [];
  let timedMs = 0;
  for (let tokens = 1; tokens <= MOST_STEP_TOKENS; tokens *= 2) {
    const guesses = Array.from({ length: tokens - 1 }, () => token);
    const expectedMs = costs.at(-1)?.ms ?? 0;
    if (clock.monotonicMs() + expectedMs > endMs || !(await step(source, guesses))) break;
    const timed: number[] = [];
    while (timed.length < ROUNDS) {
      const beganMs = clock.monotonicMs();
      const nextMs = Math.max(expectedMs, ...timed);
      if (timedMs + nextMs > TIMED_MS || beganMs + nextMs > endMs) break;
      if (!(await step(source, guesses))) break;
      const ms = clock.monotonicMs() - beganMs;
      timed.push(ms);
      timedMs += ms;
    }
    if (timed.length > 0) costs.push({ tokens, ms: Math.min(...timed) });
    if (timed.length < ROUNDS) break;
  }
  return costs;
}

/** @returns false when the model has ended its answer, after which nothing more can be asked */
async function step(source: TokenSource, guesses: readonly number[]): Promise<boolean> {
  if (guesses.length === 0) return (await source.next()) !== null;
  let goesOn = true;
  await source.check?.(guesses, (token) => {
    goesOn = token !== null;
    // One is enough: the others cost the same whether they are taken or not.
    return false;
  });
  return goesOn;
}
