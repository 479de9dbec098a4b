/** What every evaluation with node-llama-cpp has in common. */
import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import type { SampleOptions } from './model-context.ts';

/** The scheduler bounds every answer by the context, so reaching this is a bug and must not pass silently. */
export const NO_CONTEXT_SHIFT: NonNullable<SequenceEvaluateOptions['contextShift']> = {
  strategy: () => {
    throw new Error('the context is full');
  },
};

/** As the OpenAI API defines them: what was written so far counts, the prompt does not. */
export function repeatPenalty(
  { frequencyPenalty, presencePenalty }: SampleOptions,
  written: readonly number[],
): Pick<SequenceEvaluateOptions, 'repeatPenalty'> {
  if (frequencyPenalty === 0 && presencePenalty === 0) return {};
  return {
    repeatPenalty: {
      punishTokens: () => asTokens(written),
      penalty: 1,
      frequencyPenalty,
      presencePenalty,
    },
  };
}

/** Token ids are plain numbers everywhere else; only node-llama-cpp brands them, hence the cast. */
export function asTokens(tokens: readonly number[]): Token[] {
  return tokens as Token[];
}
