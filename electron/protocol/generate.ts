/** What is asked of a model and what it answers: the same words in the engine, the gateway, the chat and the relay. */

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  /**
   * Same seed, same prompt, same answer, as long as the same others are answered beside it: where answers share
   * batches (on a GPU, and on the processor with a model that is not tiny) their number changes how sums are
   * rounded. Null draws one, which the start event reports.
   */
  readonly seed: number | null;
  /** As the OpenAI API defines them, -2 to 2; 0 is off. */
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
}

export const DEFAULT_SAMPLING: Sampling = {
  temperature: 0.7,
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  seed: null,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

export interface GenerateRequest {
  readonly turns: readonly ChatTurn[];
  readonly sampling: Sampling;
  /** Most tokens to write; null means as many as the context has room for. */
  readonly maxTokens: number | null;
  /** The answer ends before the first of these, wherever token boundaries lie; they are not in the text. */
  readonly stop: readonly string[];
  /**
   * Asks for the log-probability of every token that is written, and of so many of the likeliest in its place (0 to
   * 20). Left out, none are told and none are computed. With them Lull's own sampler draws, as for `isReplayable`:
   * the same seed then gives another text than without.
   */
  readonly topLogprobs?: number | undefined;
  /** `can-wait` goes after everything interactive of the same kind; left out, it is interactive. */
  readonly priority?: Priority | undefined;
}

export type Priority = 'interactive' | 'can-wait';

export interface RatedToken {
  readonly id: number;
  /** What it would add to the text; bytes that are no complete character become U+FFFD. */
  readonly text: string;
  /** Natural logarithm of its probability, before temperature and every filter. */
  readonly logprob: number;
}

/** How likely the model thought a token that was written. */
export interface TokenLogprob {
  /** What it added to the text; those of all tokens in a row are the whole text. */
  readonly text: string;
  readonly logprob: number;
  /** The likeliest in its place, best first; as many as were asked for. */
  readonly top: readonly RatedToken[];
}

export interface Counts {
  /** Tokens of the rendered prompt, cached ones included. */
  readonly prompt: number;
  /** Of those, the ones that did not have to be evaluated. */
  readonly cached: number;
  /** Of the cached ones, those whose keeping was paid for by an earlier request; left out when there are none. */
  readonly held?: number | undefined;
  /** Tokens sampled, the one that ended the answer included only if it is part of the text. */
  readonly output: number;
}

export interface Timings {
  readonly queuedMs: number;
  readonly prefillMs: number;
  /** From arrival in the engine to the first token; null when there was none. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

export type EndReason = 'stop' | 'length' | 'cancelled';

export type GenerateEvent =
  | { readonly type: 'start'; readonly seed: number; readonly counts: Counts }
  | {
      readonly type: 'tokens';
      readonly text: string;
      readonly tokenIds: readonly number[];
      /** One for each token id, when they were asked for. */
      readonly logprobs?: readonly TokenLogprob[] | undefined;
    }
  | {
      readonly type: 'end';
      readonly reason: EndReason;
      readonly counts: Counts;
      readonly timings: Timings;
    };
