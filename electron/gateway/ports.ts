/** What the gateway needs from outside, and what it gives; the composition root connects both ends. */
import type { Counts, EndReason, GenerateRequest, TokenLogprob } from '../protocol/generate.ts';

export interface TokensEvent {
  readonly type: 'tokens';
  readonly text: string;
  /** Of every token in it, when they were asked for; their texts together are those of all events. */
  readonly logprobs?: readonly TokenLogprob[] | undefined;
}

/** As much of the engine's events as a client of the gateway is told. */
export type EngineEvent =
  | { readonly type: 'start' }
  | TokensEvent
  | { readonly type: 'end'; readonly reason: EndReason; readonly counts: Counts };

/** An engine with a loaded model: one `end` event or an `AppError` closes every answer. */
export interface EnginePort {
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<EngineEvent>;
}

/** The model that turns texts into vectors. */
export interface EmbedPort {
  readonly name: string;
  embed(inputs: EmbedCall['inputs'], signal: AbortSignal): Promise<Omit<Embedded, 'model'>>;
}

export interface CurrentModel {
  readonly id: string;
  readonly name: string;
  /** Changes whenever the same seed may give another answer: app version and backend, for example. */
  readonly fingerprint: string;
}

export interface ListedModel {
  /** What a client writes as `model`. */
  readonly id: string;
  /** The model behind it, for people. */
  readonly name: string;
  readonly createdAtMs: number;
}

/** A chat request that passed every check of its shape. */
export interface ChatCall {
  readonly model: string;
  readonly request: GenerateRequest;
}

export type ChatEvent =
  | { readonly type: 'start'; readonly model: string; readonly fingerprint: string }
  | TokensEvent
  | { readonly type: 'end'; readonly reason: EndReason; readonly counts: Counts };

/** Who answers: the gateway itself, or the link to it from the process that owns the sockets. */
export interface ChatBackend {
  models(): Promise<readonly ListedModel[]>;
  /** @throws AppError while iterating: `not-found` for a model name, and whatever the engine throws. */
  chat(call: ChatCall, signal: AbortSignal): AsyncIterable<ChatEvent>;
}

/** An embeddings request that passed every check of its shape. */
export interface EmbedCall {
  readonly model: string;
  /** Texts, or token ids of the model. */
  readonly inputs: readonly (string | readonly number[])[];
}

export interface Embedded {
  /** Its own name, whatever it was asked by. */
  readonly model: string;
  /** One unit vector for each input, in order. */
  readonly vectors: readonly Float32Array<ArrayBuffer>[];
  /** Tokens that were read. */
  readonly tokens: number;
}

export interface EmbedBackend {
  /** @throws AppError `not-found` for a model name, and whatever the embedding model throws */
  embed(call: EmbedCall, signal: AbortSignal): Promise<Embedded>;
}
