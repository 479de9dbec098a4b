/** What the gateway needs from outside, and what it gives; the composition root connects both ends. */
import type { Counts, EndReason, GenerateRequest } from '../protocol/generate.ts';

/** As much of the engine's events as a client of the gateway is told. */
export type EngineEvent =
  | { readonly type: 'start' }
  | { readonly type: 'tokens'; readonly text: string }
  | { readonly type: 'end'; readonly reason: EndReason; readonly counts: Counts };

/** An engine with a loaded model: one `end` event or an `AppError` closes every answer. */
export interface EnginePort {
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<EngineEvent>;
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
  | { readonly type: 'tokens'; readonly text: string }
  | { readonly type: 'end'; readonly reason: EndReason; readonly counts: Counts };

/** Who answers: the gateway itself, or the link to it from the process that owns the sockets. */
export interface ChatBackend {
  models(): Promise<readonly ListedModel[]>;
  /** @throws AppError while iterating: `not-found` for a model name, and whatever the engine throws. */
  chat(call: ChatCall, signal: AbortSignal): AsyncIterable<ChatEvent>;
}
