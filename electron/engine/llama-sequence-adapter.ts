/** One sequence of a node-llama-cpp context, as the scheduler steps it. */
import type { LlamaContextSequence } from 'node-llama-cpp';
import { asTokens, NO_CONTEXT_SHIFT } from './llama-evaluate-adapter.ts';
import { llamaTokenSource } from './llama-token-source-adapter.ts';
import type { SequencePort } from './model-context.ts';

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
    get canRewind() {
      return !sequence.needsCheckpoints;
    },
    async save(path) {
      // Tokens that a predictor put there are in the state, but not among those that the file would name.
      const end = Number.MAX_SAFE_INTEGER;
      await sequence.eraseContextTokenRanges([{ start: sequence.nextTokenIndex, end }]);
      await sequence.saveStateToFile(path);
    },
    async load(path) {
      // A file that is refused leaves in place what was there, which the library then believes to be gone.
      await sequence.clearHistory();
      await sequence.loadStateFromFile(path, { acceptRisk: true });
    },
    prefill: (tokens) =>
      sequence.evaluateWithoutGeneratingNewTokens(asTokens(tokens), {
        contextShift: NO_CONTEXT_SHIFT,
      }),
    open: (tokens, options) => llamaTokenSource(sequence, ends, tokens, options),
  };
}
