/** Evaluates guessed tokens in one batch with node-llama-cpp, and forgets those that were wrong. */
import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  SequenceEvaluateOptions,
} from 'node-llama-cpp';
import { asTokens, NO_CONTEXT_SHIFT } from './llama-evaluate-adapter.ts';
import type { SampledToken } from './model-context.ts';

/** What the library says of one place. */
type Sampled = ControlledEvaluateIndexOutput['next'];

export type SamplerOptions = Pick<
  SequenceEvaluateOptions,
  'temperature' | 'topP' | 'topK' | 'minP' | 'seed' | 'repeatPenalty'
>;

export interface Check {
  /** Sampled, but not evaluated yet. */
  readonly pending: number;
  readonly guesses: readonly number[];
  /** Whether the probabilities are needed too. */
  readonly probabilities: boolean;
  /** How the library is to sample after these of the guesses. */
  options(guessed: readonly number[]): SamplerOptions;
  /** The token of the next place, null for the end of the answer. */
  draw(sampled: Sampled): SampledToken | null;
  /** Whether it wants more. */
  take(token: SampledToken | null): boolean;
}

/** What `TokenSource.check` promises. @throws when the library does not forget what was wrong */
export async function checkGuesses(sequence: LlamaContextSequence, check: Check): Promise<void> {
  const { pending, guesses, probabilities } = check;
  const start = sequence.nextTokenIndex;
  const asked = asTokens([pending, ...guesses]).map((token, place): ControlledEvaluateInputItem => {
    const options = check.options(guesses.slice(0, place));
    return [token, { generateNext: { token: true, probabilities, options } }];
  });
  const sampled = await sequence.controlledEvaluate(asked, { contextShift: NO_CONTEXT_SHIFT });
  let places = 0;
  let goesOn = true;
  while (goesOn) {
    const place = sampled[places];
    if (place === undefined) throw new Error('a place of the batch was not sampled');
    const token = check.draw(place.next);
    const isGuessed = token !== null && token.id === guesses[places];
    places += 1;
    goesOn = check.take(token) && isGuessed;
  }
  await forgetAfter(sequence, start + places);
}

async function forgetAfter(sequence: LlamaContextSequence, length: number): Promise<void> {
  const end = sequence.nextTokenIndex;
  if (end === length) return;
  await sequence.eraseContextTokenRanges([{ start: length, end }]);
  if (sequence.nextTokenIndex !== length) throw new Error('wrong guesses were not forgotten');
}
