/** What the chat needs from outside: somewhere to keep conversations, and something that answers. */
import type { Served } from '../ipc/network.ts';
import type { Conversation, Message } from '../ipc/snapshot.ts';
import type { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import type { ChatTurn } from '../protocol/generate.ts';

/** Conversations on disk. Every method may throw an `AppError` (`disk-full`, `data-folder-unusable`). */
export interface ChatStore {
  conversations(): readonly Conversation[];
  conversation(id: string): Conversation | null;
  /** Oldest first. */
  messages(conversationId: string): readonly Message[];
  message(id: string): Message | null;
  saveConversation(conversation: Conversation): void;
  saveMessage(message: Message): void;
  /** Puts `message` in the place of `oldId`, or at the end when that one is not there. */
  replaceMessage(oldId: string, message: Message): void;
  /** Saves all of them or none. */
  saveTogether(conversation: Conversation, messages: readonly Message[]): void;
  deleteConversation(id: string): void;
  /** Marks answers that were still being written when Lull last stopped. */
  markInterrupted(): void;
  dispose(): void;
}

export type AnswerEvent =
  | { readonly type: 'start' }
  | { readonly type: 'tokens'; readonly text: string }
  | {
      readonly type: 'end';
      readonly modelName: string;
      readonly reason: 'stop' | 'length' | 'cancelled';
      readonly promptTokens: number;
      readonly outputTokens: number;
      readonly firstTokenMs: number | null;
      readonly totalMs: number;
      /** Null when this computer answered, or nobody was asked. */
      readonly served: Served | null;
    };

/** Who is asked: the model on this computer, or a Supplier on the network. */
export type Via = 'local' | 'network';

/** Answers a conversation. Throws an `AppError` when it cannot; an abort still yields `end`. */
export type Answerer = (
  turns: readonly ChatTurn[],
  signal: AbortSignal,
  via: Via,
) => AsyncIterable<AnswerEvent>;

/** What happened in the chat, for whoever shows it. */
export type ChatEvent =
  | { readonly type: 'conversation-saved'; readonly conversation: Conversation }
  | { readonly type: 'conversation-deleted'; readonly conversationId: string }
  | {
      readonly type: 'delta';
      readonly messageId: string;
      readonly conversationId: string;
      readonly sequence: number;
      readonly text: string;
    }
  | { readonly type: 'end'; readonly message: Message }
  /** The answer could not be saved; it stays in memory and is tried again with the next one. */
  | { readonly type: 'unsaved'; readonly error: AppError };

export interface ChatServicePorts {
  readonly store: ChatStore;
  readonly answer: Answerer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly publish: (event: ChatEvent) => void;
}
