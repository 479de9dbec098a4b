/** Guesses of a known quality: an answer is written one by one, then again with itself as the guess, partly spoilt. */
import type {
  ModelContext,
  SampledToken,
  SequencePort,
} from '../../../electron/engine/model-context.ts';
import {
  guessesWorth,
  MOST_GUESSED,
  type StepCosts,
} from '../../../electron/engine/speculation-rule.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';

/** One guess in so many is wrong. */
const WRONG_EVERY = 10;
const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 };

export interface KnownAnswer {
  /** Tokens per second. */
  readonly plain: number;
  readonly guessed: number;
  readonly steps: number;
  /** Of the steps, those that took another token than one by one, with the same text before them. */
  readonly differing: number;
}

/** @returns null when the model ended its answer at once */
export async function measureKnownAnswer(
  context: ModelContext,
  costs: StepCosts,
  { text, maxTokens }: { readonly text: string; readonly maxTokens: number },
): Promise<KnownAnswer | null> {
  const [port] = context.sequences;
  const most = guessesWorth(costs, 1 - 1 / WRONG_EVERY, MOST_GUESSED);
  if (port === undefined || most === 0) return null;
  const prompt = context.render([{ role: 'user', text }]);
  const plain = await writeOneByOne(port, prompt, maxTokens);
  if (plain.ids.length < maxTokens / 2) return null;
  const guessed = await writeGuessed(port, prompt, plain.ids, most);
  return {
    plain: ((plain.ids.length - 1) * 1000) / plain.ms,
    guessed: (guessed.tokens * 1000) / guessed.ms,
    steps: plain.ids.length,
    differing: guessed.differing,
  };
}

async function opened(port: SequencePort, text: readonly number[]) {
  await port.keep(0);
  await port.prefill(text.slice(0, -1));
  return port.open(text.slice(-1), GREEDY);
}

async function writeOneByOne(port: SequencePort, prompt: readonly number[], maxTokens: number) {
  const source = await opened(port, prompt);
  const first = await source.next();
  const ids = first === null ? [] : [first.id];
  const startMs = performance.now();
  while (ids.length > 0 && ids.length < maxTokens) {
    const token = await source.next();
    if (token === null) break;
    ids.push(token.id);
  }
  const ms = performance.now() - startMs;
  await source.close();
  return { ids, ms };
}

/** Goes on behind every difference with the known answer, as if there had been none. */
async function writeGuessed(
  port: SequencePort,
  prompt: readonly number[],
  known: readonly number[],
  most: number,
) {
  const sum = { tokens: 0, ms: 0, differing: 0 };
  for (let at = 0; at < known.length;) {
    const source = await opened(port, [...prompt, ...known.slice(0, at)]);
    const isRight = (token: SampledToken | null) => token?.id === known[at];
    let agrees = isRight(await source.next());
    at += 1;
    const startMs = performance.now();
    const began = at;
    const take = (token: SampledToken | null) => {
      agrees = isRight(token);
      at += 1;
      return agrees && at < known.length;
    };
    while (agrees && at < known.length) {
      // The last one is not evaluated, so that it cannot be guessed.
      const guesses = known.slice(at, Math.min(at + most, known.length - 1));
      const spoilt = guesses.map((id, index) => ((at + index) % WRONG_EVERY === 0 ? id + 1 : id));
      if (spoilt.length > 0 && source.check) await source.check(spoilt, take);
      else take(await source.next());
    }
    sum.ms += performance.now() - startMs;
    sum.tokens += at - began;
    sum.differing += Number(!agrees);
    await source.close();
  }
  await port.keep(0);
  return sum;
}
