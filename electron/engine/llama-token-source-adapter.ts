/** Samples one answer from a sequence of a node-llama-cpp context, as llama.cpp draws. */
import type { LlamaContextSequence } from 'node-llama-cpp';
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
  const generator = sequence.evaluate(asTokens(tokens), {
    temperature,
    topP,
    topK,
    minP,
    seed,
    contextShift: NO_CONTEXT_SHIFT,
    ...repeatPenalty(options, written),
  });
  return {
    async next() {
      const { value, done } = await generator.next();
      if (done === true || ends.has(value)) return null;
      written.push(value);
      return { id: value, rating: null };
    },
    async close() {
      await generator.return();
    },
  };
}
