/** Everything the window knows: the mirror of main, and what only concerns the view. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FailureText } from '../../electron/ipc/result.ts';
import type { Conversation, Message, Snapshot } from '../../electron/ipc/snapshot.ts';
import type { LiveText } from './live-text.ts';

export type Tab = 'chat' | 'settings';

/** The key of the draft and the failure that belong to a chat which has no conversation yet. */
export const NEW_CHAT = 'new';

export interface ChatView {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly failure: FailureText | null;
  readonly conversation: Conversation | null;
  /** Oldest first. */
  readonly messageIds: readonly string[];
}

export type Toast =
  | { readonly id: number; readonly kind: 'info'; readonly text: string }
  | { readonly id: number; readonly kind: 'failure'; readonly failure: FailureText };

export interface AppState {
  /** Null until main has answered for the first time. */
  readonly snapshot: Snapshot | null;
  readonly startFailure: FailureText | null;
  readonly tab: Tab;
  /** Null is a new chat. */
  readonly conversationId: string | null;
  readonly railOpen: boolean;
  readonly filter: string;
  /** By conversation, or `NEW_CHAT`. */
  readonly drafts: Readonly<Record<string, string>>;
  readonly sending: Readonly<Record<string, boolean>>;
  readonly sendFailures: Readonly<Record<string, FailureText>>;
  readonly chats: Readonly<Record<string, ChatView>>;
  readonly messages: Readonly<Record<string, Message>>;
  /** Answers being written, by message. */
  readonly live: Readonly<Record<string, LiveText>>;
  readonly toasts: readonly Toast[];
  readonly toastCount: number;
}

const INITIAL: AppState = {
  snapshot: null,
  startFailure: null,
  tab: 'chat',
  conversationId: null,
  railOpen: false,
  filter: '',
  drafts: {},
  sending: {},
  sendFailures: {},
  chats: {},
  messages: {},
  live: {},
  toasts: [],
  toastCount: 0,
};

export type AppStore = StoreApi<AppState>;

export function createAppStore(): AppStore {
  return createStore<AppState>(() => INITIAL);
}

/** A record without one of its keys. */
export function without<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
