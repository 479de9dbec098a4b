/** What the gateway needs from outside, and what it gives; the composition root connects both ends. */

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  readonly seed: number | null;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
}

export interface GenerateRequest {
  readonly turns: readonly ChatTurn[];
  readonly sampling: Sampling;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
}

export interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
}

export type EndReason = 'stop' | 'length' | 'cancelled';

export type GenerateEvent =
  | { readonly type: 'start'; readonly counts: Counts }
  | { readonly type: 'tokens'; readonly text: string }
  | { readonly type: 'end'; readonly reason: EndReason; readonly counts: Counts };

/** An engine with a loaded model: one `end` event or an `AppError` closes every answer. */
export interface EnginePort {
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GenerateEvent>;
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

/** The answer to one HTTP request; calls after the client has gone do nothing. */
export interface HttpReply {
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
  /** Sends status 200 and begins server-sent events. */
  events(): EventStream;
}

export interface EventStream {
  /** False when the reader is behind: write again after `onDrain`. */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
  end(): void;
  /** Drops the connection and what was not sent. */
  cut(): void;
}
