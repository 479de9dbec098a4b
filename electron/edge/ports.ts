/** What the edge needs from outside: the routes that answer, and in main whoever serves chats. */
import type { AppError } from '../platform/app-error.ts';
import type { HttpReply } from '../platform/http-reply.ts';
import type { ChatCall, ChatEvent, EmbedCall, Embedded, ListedModel } from './messages.ts';
import type { PeerServerHandlers, PeersReport } from './peer-ports.ts';

export interface HttpRoute {
  readonly method: 'GET' | 'POST';
  /** Whether it answers without a token. */
  readonly open: boolean;
  /** `body` is the parsed JSON of a POST, undefined otherwise; `signal` aborts when the client goes. */
  answer(body: unknown, reply: HttpReply, signal: AbortSignal): Promise<void>;
}

/** The routes behind the guards. */
export interface HttpApi {
  /** @param path without its query. Null when there is nothing. */
  find(path: string): HttpRoute | null;
}

export type EdgeState =
  | { readonly state: 'starting' }
  | { readonly state: 'listening'; readonly port: number }
  | { readonly state: 'failed'; readonly error: AppError };

/** What main does for the edge; a node without an endpoint needs no `models` and `chat`, one without peers no `peers`. */
export interface EdgeHandlers {
  models?(): readonly ListedModel[];
  /** Ends with one `end` event or throws; `signal` aborts when the client or the edge has gone. */
  chat?(call: ChatCall, signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** `signal` aborts as for `chat`. */
  embed?(call: EmbedCall, signal: AbortSignal): Promise<Embedded>;
  /** Told of every change, also when a crashed edge comes back. */
  stateChanged?(state: EdgeState): void;
  readonly peers?: PeerServerHandlers;
  /** Told when peers can be reached, and null when they cannot, also around a crash. */
  peersChanged?(report: PeersReport | null): void;
}
