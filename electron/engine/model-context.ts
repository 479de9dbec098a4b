/** What the scheduler needs of a loaded model: a few sequences that can be stepped, and its text rules. */
import type { ChatTurn, Sampling } from '../protocol/generate.ts';

/** Samples one answer. Only one may be open per sequence, and never during another call on it. */
export interface TokenSource {
  /** Evaluates what is pending and samples; null when the model ended its answer. */
  next(): Promise<number | null>;
  /** Frees the sampler; what was evaluated stays in the sequence. */
  close(): Promise<void>;
}

export interface SampleOptions extends Sampling {
  /** Already drawn and within 32 bits. */
  readonly seed: number;
}

/** One of the model's parallel places, with the tokens whose state it holds. */
export interface SequencePort {
  /** The tokens that were evaluated here and are still held, oldest first. */
  held(): readonly number[];
  /**
   * Forgets everything after the first `length` held tokens. Resolves to how many really stayed: models
   * that cannot be rewound lose them all.
   */
  keep(length: number): Promise<number>;
  /** Evaluates without sampling. */
  prefill(tokens: readonly number[]): Promise<void>;
  /** Nothing is evaluated before the first `next()`, which evaluates `tokens` (one at least) and samples. */
  open(tokens: readonly number[], options: SampleOptions): TokenSource;
}

export interface ModelContext {
  /** What one sequence can hold, prompt and answer together. */
  readonly contextTokens: number;
  readonly sequences: readonly SequencePort[];
  /** Texts that always end an answer, for models without tokens that do. */
  readonly endTexts: readonly string[];
  /** The prompt for these turns, ready to be continued by the model. @throws AppError `bad-request` */
  render(turns: readonly ChatTurn[]): readonly number[];
  /** Text of `tokens` when they follow `previous`; bytes that are no complete character become U+FFFD. */
  detokenize(tokens: readonly number[], previous: readonly number[]): string;
}
