/** One sequence of a node-llama-cpp context, as the scheduler steps it. */
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { SampleOptions, SequencePort } from './model-context.ts';

/** The scheduler bounds every answer by the context, so reaching this is a bug and must not pass silently. */
const NO_CONTEXT_SHIFT: NonNullable<SequenceEvaluateOptions['contextShift']> = {
  strategy: () => {
    throw new Error('the context is full');
  },
};

/** @param ends tokens that end an answer besides those that the model file names */
export function llamaSequence(
  sequence: LlamaContextSequence,
  ends: ReadonlySet<number>,
): SequencePort {
  return {
    held: () => sequence.contextTokens,
    async keep(length) {
      const held = sequence.nextTokenIndex;
      if (length >= held) return held;
      if (length === 0 || sequence.needsCheckpoints) {
        await sequence.clearHistory();
        return 0;
      }
      await sequence.eraseContextTokenRanges([{ start: length, end: held }]);
      return sequence.nextTokenIndex;
    },
    prefill: (tokens) =>
      sequence.evaluateWithoutGeneratingNewTokens(asTokens(tokens), {
        contextShift: NO_CONTEXT_SHIFT,
      }),
    open(tokens, options) {
      const sampled: number[] = [];
      const generator = sequence.evaluate(asTokens(tokens), evaluateOptions(options, sampled));
      return {
        async next() {
          const { value, done } = await generator.next();
          if (done === true || ends.has(value)) return null;
          sampled.push(value);
          return value;
        },
        async close() {
          await generator.return();
        },
      };
    },
  };
}

function evaluateOptions(
  options: SampleOptions,
  sampled: readonly number[],
): SequenceEvaluateOptions {
  const { temperature, topP, topK, minP, seed, frequencyPenalty, presencePenalty } = options;
  const penalises = frequencyPenalty !== 0 || presencePenalty !== 0;
  return {
    temperature,
    topP,
    topK,
    minP,
    seed,
    contextShift: NO_CONTEXT_SHIFT,
    ...(penalises && {
      repeatPenalty: {
        // As the OpenAI API defines it: what was written so far counts, the prompt does not.
        punishTokens: () => asTokens(sampled),
        penalty: 1,
        frequencyPenalty,
        presencePenalty,
      },
    }),
  };
}

/** Token ids are plain numbers everywhere else; only node-llama-cpp brands them, hence the cast. */
export function asTokens(tokens: readonly number[]): Token[] {
  return tokens as Token[];
}
