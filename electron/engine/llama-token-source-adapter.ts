/** Samples one answer from a sequence of a node-llama-cpp context, as llama.cpp draws. */
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { checkGuesses } from './llama-check-adapter.ts';
import { asTokens, NO_CONTEXT_SHIFT, repeatPenalty } from './llama-evaluate-adapter.ts';
import { lullTokenSource } from './llama-lull-sampler-adapter.ts';
import type { SampleOptions, TokenSource } from './model-context.ts';

/** @param ends tokens that end an answer besides those that the model file names */
export function llamaTokenSource(
  sequence: LlamaContextSequence,
  ends: ReadonlySet<number>,
  tokens: readonly number[],
  options: SampleOptions,
): TokenSource {
  const { topLogprobs, isReplayable = false, temperature } = options;
  // Without a temperature both samplers take the likeliest, and llama.cpp's is a little cheaper.
  if (topLogprobs !== undefined || (isReplayable && temperature > 0)) {
    return lullTokenSource(sequence, ends, tokens, options);
  }
  const written: number[] = [];
  const { topP, topK, minP, seed } = options;
  const samplerOptions = (before: readonly number[]) => ({
    ...{ temperature, topP, topK, minP, seed },
    ...repeatPenalty(options, before),
  });
  const generator = sequence.evaluate(asTokens(tokens), {
    ...samplerOptions(written),
    contextShift: NO_CONTEXT_SHIFT,
  });
  const taken = (token: Token | null | undefined) => {
    if (token == null || ends.has(token)) return null;
    written.push(token);
    return { id: token, rating: null };
  };
  const source: TokenSource = {
    async next() {
      // What was sampled last, which the library does not know where guesses were checked.
      const [last] = asTokens(written.slice(-1));
      const { value, done } = await generator.next(last);
      return taken(done === true ? null : value);
    },
    async close() {
      await generator.return();
    },
  };
  // With a temperature llama.cpp draws from numbers of its own, of which every sampled place takes one.
  if (temperature > 0) return source;
  return {
    ...source,
    check: (guesses, take) =>
      checkGuesses(sequence, {
        ...{ pending: written.at(-1) ?? 0, guesses, probabilities: false, take },
        options: (guessed) => samplerOptions([...written, ...guessed]),
        draw: ({ token }) =>
          taken(token == null || sequence.model.isEogToken(token) ? null : token),
      }),
  };
}
