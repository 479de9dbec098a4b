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
}

export interface Counts {
  /** Tokens of the rendered prompt, cached ones included. */
  readonly prompt: number;
  /** Of those, the ones that did not have to be evaluated. */
  readonly cached: number;
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
  | { readonly type: 'tokens'; readonly text: string; readonly tokenIds: readonly number[] }
  | {
      readonly type: 'end';
      readonly reason: EndReason;
      readonly counts: Counts;
      readonly timings: Timings;
    };
