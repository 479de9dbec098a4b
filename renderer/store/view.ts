/** How the view changes: functions from one state to the part of the next that differs. */
import type { FailureText } from '../../electron/ipc/result.ts';
import type { Conversation, Message, Snapshot } from '../../electron/ipc/snapshot.ts';
import type { CommandOutput, NotificationBody } from '../../electron/ipc/table.ts';
import { NEW_CHAT, without, type AppState, type ChatView, type Via } from './app-state.ts';
import { withLive } from './live-history.ts';
import { addDelta, adoptText } from './live-text.ts';

type Change = Partial<AppState>;

const MOST_TOASTS = 3;

/** Leaves a conversation that was deleted, and forgets what was kept of it. */
export function takeSnapshot(state: AppState, snapshot: Snapshot): Change {
  const before = state.snapshot?.conversations ?? [];
  const still = new Set(snapshot.conversations.map(({ id }) => id));
  const gone = before.map(({ id }) => id).filter((id) => !still.has(id));
  const { live } = snapshot.governor;
  const base: Change = {
    snapshot,
    startFailure: null,
    liveHistory: withLive(state.liveHistory, live, snapshot.status.duty),
  };
  if (gone.length === 0) return base;
  return { ...base, ...forgetConversations(state, new Set(gone)) };
}

function forgetConversations(state: AppState, gone: ReadonlySet<string>): Change {
  const keepKeys = <Value>(record: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => !gone.has(id)));
  const keepOwned = <Value extends { readonly conversationId: string }>(
    record: Readonly<Record<string, Value>>,
  ) =>
    Object.fromEntries(
      Object.entries(record).filter(([, { conversationId }]) => !gone.has(conversationId)),
    );
  return {
    chats: keepKeys(state.chats),
    drafts: keepKeys(state.drafts),
    messages: keepOwned(state.messages),
    live: keepOwned(state.live),
    askedVia: Object.fromEntries(
      Object.entries(state.askedVia).filter(([id]) => !isOf(state.messages[id], gone)),
    ),
    conversationId:
      state.conversationId !== null && gone.has(state.conversationId) ? null : state.conversationId,
  };
}

function isOf(message: Message | undefined, gone: ReadonlySet<string>): boolean {
  return message !== undefined && gone.has(message.conversationId);
}

export function takeDelta(state: AppState, delta: NotificationBody<'chat.delta'>): Change {
  const message = state.messages[delta.messageId];
  if (message && message.state !== 'streaming') return {};
  const known = state.live[delta.messageId];
  const live = addDelta(known, delta);
  return live === known ? {} : { live: { ...state.live, [delta.messageId]: live } };
}

/** The answer as it is on disk takes the place of the pieces. */
export function takeEnd(state: AppState, message: Message): Change {
  return {
    messages: { ...state.messages, [message.id]: message },
    live: message.state === 'streaming' ? state.live : without(state.live, message.id),
    askedVia: without(state.askedVia, message.id),
  };
}

export function markLoading(state: AppState, conversationId: string): Change {
  const known = state.chats[conversationId];
  const loading: ChatView = known
    ? { ...known, failure: null, state: known.state === 'ready' ? 'ready' : 'loading' }
    : { state: 'loading', failure: null, conversation: null, messageIds: [] };
  return { chats: { ...state.chats, [conversationId]: loading } };
}

export function takeOpenFailure(
  state: AppState,
  conversationId: string,
  failure: FailureText,
): Change {
  const known = state.chats[conversationId];
  // What is on the screen can still be read.
  if (known?.state === 'ready') return addToast(state, { failure });
  const conversation = known?.conversation ?? null;
  const messageIds = known?.messageIds ?? [];
  return {
    chats: {
      ...state.chats,
      [conversationId]: { state: 'failed', failure, conversation, messageIds },
    },
  };
}

/** A reply that was overtaken by the end of an answer does not undo it. */
export function takeOpened(state: AppState, opened: CommandOutput<'chat.open'>): Change {
  const { conversation } = opened;
  const messages = { ...state.messages };
  let { live } = state;
  for (const message of opened.messages) {
    const known = messages[message.id];
    const hasEnded = known !== undefined && known.state !== 'streaming';
    if (message.state !== 'streaming') {
      messages[message.id] = message;
      live = without(live, message.id);
    } else if (!hasEnded) {
      messages[message.id] = message;
      const { conversationId, text } = message;
      const next = opened.nextSequence ?? 0;
      live = { ...live, [message.id]: adoptText(live[message.id], { conversationId, text, next }) };
    }
  }
  const messageIds = opened.messages.map(({ id }) => id);
  const view: ChatView = { state: 'ready', failure: null, conversation, messageIds };
  return { messages, live, chats: { ...state.chats, [conversation.id]: view } };
}

export function takeSent(
  state: AppState,
  draftKey: string,
  sent: CommandOutput<'chat.send'>,
  via: Via,
): Change {
  const { conversation, question, answer } = sent;
  const view = state.chats[conversation.id];
  const messageIds = [...(view?.messageIds ?? []), question.id, answer.id];
  // The reader may have gone elsewhere while the question was being saved.
  const stays = state.conversationId === (draftKey === NEW_CHAT ? null : draftKey);
  return {
    messages: {
      ...state.messages,
      [question.id]: question,
      [answer.id]: endedOr(state, answer),
    },
    chats: {
      ...state.chats,
      [conversation.id]: { state: 'ready', failure: null, conversation, messageIds },
    },
    askedVia: askedOf(state, answer, via),
    drafts: without(state.drafts, draftKey),
    sending: without(state.sending, draftKey),
    sendFailures: without(state.sendFailures, draftKey),
    conversationId: stays ? conversation.id : state.conversationId,
  };
}

export function takeRegenerated(
  state: AppState,
  { answer, replacedId }: CommandOutput<'chat.regenerate'>,
  via: Via,
): Change {
  const view = state.chats[answer.conversationId];
  if (!view) return {};
  const messageIds = view.messageIds.map((id) => (id === replacedId ? answer.id : id));
  const rest = answer.id === replacedId ? state.messages : without(state.messages, replacedId);
  return {
    messages: { ...rest, [answer.id]: endedOr(state, answer) },
    chats: { ...state.chats, [answer.conversationId]: { ...view, messageIds } },
    askedVia: askedOf(state, answer, via),
  };
}

function askedOf(state: AppState, answer: Message, via: Via): AppState['askedVia'] {
  const isWriting = endedOr(state, answer).state === 'streaming';
  return isWriting ? { ...state.askedVia, [answer.id]: via } : state.askedVia;
}

/** A short answer may have ended before the reply that announces it was read. */
function endedOr(state: AppState, answer: Message): Message {
  const known = state.messages[answer.id];
  return known && known.state !== 'streaming' ? known : answer;
}

export function addToast(
  state: AppState,
  toast: { readonly text: string } | { readonly failure: FailureText },
): Change {
  const id = state.toastCount + 1;
  const added =
    'text' in toast
      ? { id, kind: 'info' as const, text: toast.text }
      : { id, kind: 'failure' as const, failure: toast.failure };
  return { toasts: makeRoom([...state.toasts, added]), toastCount: id };
}

/** More than three would cover the chat. Good news gives way first: failures wait to be read. */
function makeRoom(toasts: AppState['toasts']): AppState['toasts'] {
  if (toasts.length <= MOST_TOASTS) return toasts;
  const oldestInfo = toasts.findIndex(({ kind }) => kind === 'info');
  return toasts.toSpliced(Math.max(0, oldestInfo), 1);
}

export function conversationTitle(state: AppState, conversationId: string | null): string | null {
  if (conversationId === null) return null;
  const listed: Conversation | undefined = state.snapshot?.conversations.find(
    ({ id }) => id === conversationId,
  );
  return listed?.title ?? state.chats[conversationId]?.conversation?.title ?? null;
}
