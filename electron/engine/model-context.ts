/** What the scheduler needs of a loaded model: a few sequences that can be stepped, and its text rules. */
import type { ChatTurn, Sampling } from '../protocol/generate.ts';
import type { StepCosts } from './speculation-rule.ts';

/** How likely a token was, and which were the likeliest: before temperature, penalties and every filter. */
export interface Rating {
  /** Natural logarithm of its share of the whole vocabulary. */
  readonly logprob: number;
  /** Best first, as many as were asked for. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

export interface SampledToken {
  readonly id: number;
  /** Null when it was not asked for. */
  readonly rating: Rating | null;
}

/** Samples one answer. Only one may be open per sequence, and never during another call on it. */
export interface TokenSource {
  /** Evaluates what is pending and samples; null when the model ended its answer. */
  next(): Promise<SampledToken | null>;
  /**
   * Evaluates what is pending together with tokens that are guessed to follow, and hands `take` one token after the
   * other just as `next` would have sampled them, up to and with the first that was not guessed or is the end. The
   * sequence then holds what it would hold after as many calls of `next`. `take` says whether it wants more. Not
   * before the first `next()`; left out where tokens can only be sampled one by one.
   */
  check?(guesses: readonly number[], take: (token: SampledToken | null) => boolean): Promise<void>;
  /** Frees the sampler; what was evaluated stays in the sequence. */
  close(): Promise<void>;
}

export interface SampleOptions extends Sampling {
  /** Already drawn and within 32 bits. */
  readonly seed: number;
  /** Rate every token, with so many of the likeliest; left out, none is rated. */
  readonly topLogprobs?: number | undefined;
  /** Draw with Lull's own sampler. */
  readonly isReplayable?: boolean | undefined;
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
  /** False for models that lose everything when they are to forget a part. */
  readonly canRewind: boolean;
  /** Writes the state to a file, with the tokens it belongs to. Not while an answer is open. */
  save(path: string): Promise<void>;
  /**
   * Puts the state of a file in place of what is held. The file must come from the same model with the same settings:
   * another's may end the process. Rejects when it cannot be read, and nothing is held then.
   */
  load(path: string): Promise<void>;
  /** Evaluates without sampling. */
  prefill(tokens: readonly number[]): Promise<void>;
  /** Nothing is evaluated before the first `next()`, which evaluates `tokens` (one at least) and samples. */
  open(tokens: readonly number[], options: SampleOptions): TokenSource;
}

/** A small model that guesses how a text goes on. */
export interface Draft {
  /** What one guessed token costs, and one that it reads before. */
  readonly tokenMs: number;
  readonly readMs: number;
  /**
   * Up to so many tokens that it expects after `text`, fewer where it expects the end. Null while it is still reading a
   * long text, of which each call reads a piece. Never rejects.
   */
  guess(text: readonly number[], most: number): Promise<readonly number[] | null>;
  /** Lets go of the texts that it knows. */
  forget(): Promise<void>;
}

export interface ModelContext {
  /** What one sequence can hold, prompt and answer together. */
  readonly contextTokens: number;
  readonly sequences: readonly SequencePort[];
  /** Texts that always end an answer, for models without tokens that do. */
  readonly endTexts: readonly string[];
  /** What steps of one answer cost, where it pays to guess how it goes on; left out, nothing is guessed. */
  readonly stepCosts?: StepCosts | undefined;
  /** Guesses where the text itself says nothing; left out, nobody does. Only with `stepCosts`. */
  readonly draft?: Draft | undefined;
  /** The prompt for these turns, ready to be continued by the model. @throws AppError `bad-request` */
  render(turns: readonly ChatTurn[]): readonly number[];
  /** Text of `tokens` when they follow `previous`; bytes that are no complete character become U+FFFD. */
  detokenize(tokens: readonly number[], previous: readonly number[]): string;
}
