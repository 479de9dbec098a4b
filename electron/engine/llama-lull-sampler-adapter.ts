/** Samples one answer from a sequence of a node-llama-cpp context as Lull draws, and rates tokens where asked. */
import type { LlamaContextSequence } from 'node-llama-cpp';
import { candidateCount, drawToken, penalised, type Candidate } from '../protocol/sampler.ts';
import { checkGuesses, type SamplerOptions } from './llama-check-adapter.ts';
import { asTokens, NO_CONTEXT_SHIFT, repeatPenalty } from './llama-evaluate-adapter.ts';
import type { Rating, SampledToken, SampleOptions, TokenSource } from './model-context.ts';

/** What llama.cpp says of the next token: probabilities by id, the highest first. */
type Shares = ReadonlyMap<number, number>;
const NO_SHARES: Shares = new Map();

/** What the OpenAI API writes for tokens whose probability is too small for a number. */
const LEAST_LOGPROB = -9999;

/** @param ends tokens that end an answer besides those that the model file names */
export function lullTokenSource(
  sequence: LlamaContextSequence,
  ends: ReadonlySet<number>,
  tokens: readonly number[],
  options: SampleOptions,
): TokenSource {
  const { model } = sequence;
  const written: number[] = [];
  const generator = sequence.evaluateWithMetadata(
    asTokens(tokens),
    { probabilities: true },
    {
      ...(options.topLogprobs === undefined ? fewShares(options, written) : { temperature: 0 }),
      contextShift: NO_CONTEXT_SHIFT,
      // llama.cpp's own choice is not used, and must not end the answer.
      yieldEogToken: true,
    },
  );
  const taken = (shares: Shares): SampledToken | null => {
    const id = drawFrom(shares, options, written);
    const [token] = asTokens([id]);
    if (ends.has(id) || model.isEogToken(token)) return null;
    written.push(id);
    return { id, rating: rate(shares, id, options.topLogprobs) };
  };
  const source: TokenSource = {
    async next() {
      const [last] = asTokens(written.slice(-1));
      const { value, done } = await generator.next(last);
      return done === true ? null : taken(value.probabilities);
    },
    async close() {
      await generator.return();
    },
  };
  // To rate a place costs more than its step, and most of those that are guessed would be rated for nothing.
  if (options.topLogprobs !== undefined) return source;
  return {
    ...source,
    check: (guesses, take) =>
      checkGuesses(sequence, {
        ...{ pending: written.at(-1) ?? 0, guesses, probabilities: true, take },
        options: (guessed) => fewShares(options, [...written, ...guessed]),
        draw: ({ probabilities }) => taken(probabilities ?? NO_SHARES),
      }),
  };
}

/**
 * The candidates only, penalised but with the temperature left out: to sort and to carry over the whole vocabulary
 * costs as much as a small model's whole step.
 */
function fewShares(options: SampleOptions, written: readonly number[]): SamplerOptions {
  return {
    temperature: 1,
    topK: candidateCount(options),
    topP: 1,
    minP: 0,
    seed: options.seed,
    ...repeatPenalty(options, written),
  };
}

function drawFrom(shares: Shares, options: SampleOptions, written: readonly number[]): number {
  const draw = { seed: options.seed, position: written.length };
  const penalises = options.frequencyPenalty !== 0 || options.presencePenalty !== 0;
  if (options.topLogprobs === undefined || !penalises) {
    return drawToken(likeliest(shares, candidateCount(options)), options, draw);
  }
  const counts = new Map<number, number>();
  for (const id of written) counts.set(id, (counts.get(id) ?? 0) + 1);
  // Only what was written can move, so nothing else comes up from further down than this.
  const head = likeliest(shares, candidateCount(options) + counts.size);
  const rest = [...counts.keys()].filter((id) => head.every((each) => each.id !== id));
  const moved = rest.map((id) => ({ id, logit: Math.log(shares.get(id) ?? 0) }));
  return drawToken(penalised([...head, ...moved], counts, options), options, draw);
}

function likeliest(shares: Shares, count: number): Candidate[] {
  const found: Candidate[] = [];
  for (const [id, share] of shares) {
    if (found.length === count) break;
    found.push({ id, logit: Math.log(share) });
  }
  return found;
}

/** Null when it was not asked for; `shares` are those of the whole vocabulary otherwise. */
function rate(shares: Shares, id: number, topLogprobs: number | undefined): Rating | null {
  if (topLogprobs === undefined) return null;
  // llama.cpp adds them up in single precision, where a large vocabulary's small ones get lost.
  let total = 0;
  for (const share of shares.values()) total += share;
  const logprobOf = (logit: number) => Math.max(LEAST_LOGPROB, logit - Math.log(total));
  return {
    logprob: logprobOf(Math.log(shares.get(id) ?? 0)),
    top: likeliest(shares, topLogprobs).map((each) => ({
      id: each.id,
      logprob: logprobOf(each.logit),
    })),
  };
}
