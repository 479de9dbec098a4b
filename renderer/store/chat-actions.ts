/** What a person can do with conversations; every failure ends up where it can be read. */
import type { Bridge } from '../../electron/ipc/table.ts';
import { NEW_CHAT, without, type AppState, type AppStore } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { hasLostPieces } from './live-text.ts';
import { sendBlock, streamingIn } from './selectors.ts';
import {
  addToast,
  markLoading,
  takeDelta,
  takeEnd,
  takeOpened,
  takeOpenFailure,
  takeRegenerated,
  takeSent,
} from './view.ts';

export interface ChatActions {
  readonly newChat: () => void;
  readonly openConversation: (conversationId: string) => Promise<void>;
  readonly setDraft: (draftKey: string, text: string) => void;
  readonly send: (draftKey: string, text: string) => Promise<void>;
  readonly stop: (messageId: string) => Promise<void>;
  readonly regenerate: (messageId: string) => Promise<void>;
  readonly rename: (conversationId: string, title: string) => Promise<void>;
  readonly remove: (conversationId: string) => Promise<void>;
  readonly dismissSendFailure: (draftKey: string) => void;
}

type Apply = (change: (state: AppState) => Partial<AppState>) => void;

export function createChatActions(bridge: Bridge, store: AppStore): ChatActions {
  const apply: Apply = (change) => {
    store.setState(change);
  };
  const { command } = bridge;

  /** Shows a failed command as a toast. */
  async function tell(run: Parameters<typeof attempt>[0]): Promise<boolean> {
    const result = await attempt(run);
    const failure = failureOf(result);
    if (failure) apply((state) => addToast(state, { failure }));
    return failure === null;
  }

  return {
    newChat() {
      apply(() => ({ tab: 'chat', conversationId: null, railOpen: false }));
    },
    async openConversation(conversationId) {
      apply(() => ({ tab: 'chat', conversationId, railOpen: false }));
      if (store.getState().chats[conversationId]?.state === 'ready') return;
      await loadConversation(bridge, apply, conversationId);
    },
    setDraft(draftKey, text) {
      apply((state) => ({ drafts: { ...state.drafts, [draftKey]: text } }));
    },
    send: (draftKey, text) => sendQuestion(bridge, store, draftKey, text),
    async stop(messageId) {
      const failure = failureOf(await attempt(() => command['chat.stop']({ messageId })));
      // The answer may have ended by itself a moment before: then there is nothing to tell.
      if (failure && failure.code !== 'not-found') apply((state) => addToast(state, { failure }));
    },
    async regenerate(messageId) {
      const { via } = store.getState();
      const result = await attempt(() => command['chat.regenerate']({ messageId, via }));
      const failure = failureOf(result);
      if (result.ok) apply((state) => takeRegenerated(state, result.value, via));
      else if (failure) apply((state) => addToast(state, { failure }));
    },
    async rename(conversationId, title) {
      await tell(() => command['chat.rename']({ conversationId, title }));
    },
    async remove(conversationId) {
      await tell(() => command['chat.delete']({ conversationId }));
    },
    dismissSendFailure(draftKey) {
      apply((state) => ({ sendFailures: without(state.sendFailures, draftKey) }));
    },
  };
}

async function loadConversation(
  bridge: Bridge,
  apply: Apply,
  conversationId: string,
): Promise<boolean> {
  apply((state) => markLoading(state, conversationId));
  const result = await attempt(() => bridge.command['chat.open']({ conversationId }));
  const failure = failureOf(result);
  if (result.ok) apply((state) => takeOpened(state, result.value));
  else if (failure) apply((state) => takeOpenFailure(state, conversationId, failure));
  return result.ok;
}

async function sendQuestion(
  bridge: Bridge,
  store: AppStore,
  draftKey: string,
  text: string,
): Promise<void> {
  const state = store.getState();
  const { via } = state;
  const conversationId = draftKey === NEW_CHAT ? null : draftKey;
  const busy = state.sending[draftKey] === true || streamingIn(state, conversationId) !== null;
  if (busy || text.trim() === '' || sendBlock(state, text) !== null) return;
  store.setState({ sending: { ...state.sending, [draftKey]: true } });
  const result = await attempt(() => bridge.command['chat.send']({ conversationId, text, via }));
  const failure = failureOf(result);
  if (result.ok) {
    store.setState((now) => takeSent(now, draftKey, result.value, via));
    // Asked in a conversation that could not be shown: by now it may be.
    const wasRead = conversationId === null || state.chats[conversationId]?.state === 'ready';
    if (!wasRead) await loadConversation(bridge, store.setState, conversationId);
  } else if (failure) {
    // The question stays in the composer: nothing that was typed is lost.
    store.setState((now) => ({
      sending: without(now.sending, draftKey),
      drafts: { ...now.drafts, [draftKey]: text },
      sendFailures: { ...now.sendFailures, [draftKey]: failure },
    }));
  }
}

/** Listens to answers being written. Returns a function that stops listening. */
export function followAnswers(bridge: Bridge, store: AppStore): () => void {
  const apply: Apply = (change) => {
    store.setState(change);
  };
  /** Answers that are being read again, or could not be: the end of those brings their whole text. */
  const rereading = new Set<string>();
  const stopDeltas = bridge.on['chat.delta']((delta) => {
    store.setState((state) => takeDelta(state, delta));
    const live = store.getState().live[delta.messageId];
    if (!live || !hasLostPieces(live) || rereading.has(delta.messageId)) return;
    rereading.add(delta.messageId);
    void loadConversation(bridge, apply, delta.conversationId).then((read) => {
      if (read) rereading.delete(delta.messageId);
    });
  });
  const stopEnds = bridge.on['chat.end']((message) => {
    store.setState((state) => takeEnd(state, message));
    rereading.delete(message.id);
    const isShown = store.getState().chats[message.conversationId]?.state === 'ready';
    // An answer that ended without a word has not replaced the one before it, which comes back into view.
    if (isShown && message.state !== 'complete' && message.text === '') {
      void loadConversation(bridge, apply, message.conversationId);
    }
  });
  return () => {
    stopDeltas();
    stopEnds();
  };
}
