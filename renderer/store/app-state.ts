/** Everything the window knows: the mirror of main, and what only concerns the view. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SensorLine } from '../../electron/ipc/governor.ts';
import type { FoundFile } from '../../electron/ipc/models.ts';
import type { Price, ReceiptCheckView, ReceiptView } from '../../electron/ipc/network.ts';
import type { FailureText } from '../../electron/ipc/result.ts';
import type { Conversation, Message, Snapshot } from '../../electron/ipc/snapshot.ts';
import type { CommandInput } from '../../electron/ipc/table.ts';
import type { LivePoint } from './live-history.ts';
import type { LiveText } from './live-text.ts';

export type Tab = 'home' | 'chat' | 'models' | 'earnings' | 'wallet' | 'settings';

/** A part of Settings that other screens lead to. */
export type SettingsPart =
  'earning' | 'network' | 'server' | 'giving-back' | 'heat' | 'electricity' | 'sensors';

/** Who is asked: the model on this computer, or a Supplier on the network. */
export type Via = CommandInput<'chat.send'>['via'];

/** The key of the draft and the failure that belong to a chat which has no conversation yet. */
export const NEW_CHAT = 'new';

export interface ChatView {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly failure: FailureText | null;
  readonly conversation: Conversation | null;
  /** Oldest first. */
  readonly messageIds: readonly string[];
}

/** What the question in the composer would cost on the network. */
export interface PriceView {
  /** `none`: nothing has to be known, since this computer would answer or nothing can be sent. */
  readonly state: 'none' | 'asking' | 'known' | 'failed';
  /** The chat it is for. */
  readonly draftKey: string;
  /** While `asking`: what it was before the last change of the text, if that was known. */
  readonly price: Price | null;
  readonly failure: FailureText | null;
}

/** The last search of the model hub; it stays while its reader looks at other screens. */
export interface ModelSearchView {
  readonly state: 'none' | 'searching' | 'done' | 'failed';
  /** What was asked for. */
  readonly text: string;
  readonly results: readonly FoundFile[];
  readonly failure: FailureText | null;
}

/** What all sensors said when they were asked last. */
export interface SensorsView {
  readonly state: 'none' | 'asking' | 'known' | 'failed';
  readonly lines: readonly SensorLine[];
  readonly failure: FailureText | null;
}

/** The receipt that lies above the window. */
export interface ReceiptSheetView {
  readonly ref: string;
  readonly busy: 'opening' | 'checking' | 'copying' | null;
  /** Null while it is being opened, or when it could not be. */
  readonly receipt: ReceiptView | null;
  /** Null until somebody has asked to verify it. */
  readonly checks: readonly ReceiptCheckView[] | null;
  /** Why the last thing that was asked of it did not work. */
  readonly failure: FailureText | null;
  readonly isCopied: boolean;
}

export type Toast =
  | { readonly id: number; readonly kind: 'info'; readonly text: string }
  | { readonly id: number; readonly kind: 'failure'; readonly failure: FailureText };

export interface AppState {
  /** Null until main has answered for the first time. */
  readonly snapshot: Snapshot | null;
  readonly startFailure: FailureText | null;
  readonly tab: Tab;
  /** Where Settings opens; null at its beginning. */
  readonly settingsPart: SettingsPart | null;
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
  /** Who the next question goes to; for as long as the window is open. */
  readonly via: Via;
  /** Who is writing an answer, by message; only those that were asked for in this window. */
  readonly askedVia: Readonly<Record<string, Via>>;
  readonly price: PriceView;
  readonly receipt: ReceiptSheetView | null;
  readonly modelSearch: ModelSearchView;
  /** Of the last minutes, the oldest first. */
  readonly liveHistory: readonly LivePoint[];
  readonly sensors: SensorsView;
  readonly toasts: readonly Toast[];
  readonly toastCount: number;
}

export const NO_PRICE: PriceView = {
  state: 'none',
  draftKey: NEW_CHAT,
  price: null,
  failure: null,
};

const NO_SEARCH: ModelSearchView = { state: 'none', text: '', results: [], failure: null };

const NO_SENSORS: SensorsView = { state: 'none', lines: [], failure: null };

const INITIAL: AppState = {
  snapshot: null,
  startFailure: null,
  tab: 'chat',
  settingsPart: null,
  conversationId: null,
  railOpen: false,
  filter: '',
  drafts: {},
  sending: {},
  sendFailures: {},
  chats: {},
  messages: {},
  live: {},
  via: 'local',
  askedVia: {},
  price: NO_PRICE,
  receipt: null,
  modelSearch: NO_SEARCH,
  liveHistory: [],
  sensors: NO_SENSORS,
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
