/** Conversations: takes questions, streams answers, and keeps both on disk whatever happens in between. */
import type { Conversation, Message } from '../ipc/snapshot.ts';
import { AppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import { createAnswerRuns } from './answer-runs.ts';
import type { ChatServicePorts, Via } from './ports.ts';
import { titleFrom } from './title.ts';
import type { ChatTurn } from '../protocol/generate.ts';

export interface ChatService {
  /** Starts a conversation when `conversationId` is null. @throws AppError; nothing was kept then. */
  send(
    conversationId: string | null,
    text: string,
    via?: Via,
  ): { conversation: Conversation; question: Message; answer: Message };
  stop(messageId: string): void;
  /** Asks again for the last answer of a conversation. */
  regenerate(messageId: string, via?: Via): { answer: Message; replacedId: string };
  /** Everything said so far; `nextSequence` numbers the first piece of a running answer that is not in it yet. */
  open(conversationId: string): {
    conversation: Conversation;
    messages: Message[];
    nextSequence: number | null;
  };
  /** What the model would be shown if `text` were sent. */
  turnsFor(conversationId: string | null, text: string): readonly ChatTurn[];
  rename(conversationId: string, title: string): void;
  remove(conversationId: string): void;
  /** Keeps what is written so far of every answer. */
  dispose(): void;
}

export function createChatService(ports: ChatServicePorts): ChatService {
  const { store, clock, random, log, publish } = ports;
  const runs = createAnswerRuns(ports);
  store.markInterrupted();

  function conversationOf(id: string): Conversation {
    const found = store.conversation(id);
    if (!found) throw new AppError('not-found', { details: 'That conversation was deleted.' });
    return found;
  }

  function messagesOf(conversationId: string): readonly Message[] {
    return runs.withLiveText(conversationId, store.messages(conversationId));
  }

  function newMessage(
    part: Pick<Message, 'conversationId' | 'role' | 'text' | 'state'>,
    createdAtMs: number,
  ): Message {
    return { ...part, id: random.id(), createdAtMs, failure: null, stats: null };
  }

  function refuseWhileAnswering(conversationId: string): void {
    if (runs.isAnswering(conversationId)) {
      throw new AppError('bad-request', { details: 'The last answer is still being written.' });
    }
  }

  return {
    send(conversationId, text, via = 'local') {
      const nowMs = clock.nowMs();
      const known = conversationId === null ? null : conversationOf(conversationId);
      if (known) refuseWhileAnswering(known.id);
      const conversation: Conversation = known
        ? { ...known, updatedAtMs: nowMs }
        : { id: random.id(), title: titleFrom(text), createdAtMs: nowMs, updatedAtMs: nowMs };
      const inside = { conversationId: conversation.id };
      const question = newMessage({ ...inside, role: 'user', text, state: 'complete' }, nowMs);
      const answer = newMessage(
        { ...inside, role: 'assistant', text: '', state: 'streaming' },
        nowMs,
      );
      const earlier = known ? messagesOf(known.id) : [];
      runs.saveWaiting();
      store.saveTogether(conversation, [question, answer]);
      publish({ type: 'conversation-saved', conversation });
      drop(
        runs.start(answer, toTurns([...earlier, question]), { via, replaces: null }),
        'answering',
        log,
      );
      return { conversation, question, answer };
    },

    stop(messageId) {
      if (!runs.stop(messageId)) {
        throw new AppError('not-found', { details: 'That answer had already ended.' });
      }
    },

    regenerate(messageId, via = 'local') {
      const old = runs.held(messageId) ?? store.message(messageId);
      if (!old) throw new AppError('not-found', { details: 'That answer was deleted.' });
      refuseWhileAnswering(old.conversationId);
      const messages = messagesOf(old.conversationId);
      const questionAt = messages.findLastIndex(({ role }) => role === 'user');
      if (old.role !== 'assistant' || messages.at(-1)?.id !== old.id || questionAt < 0) {
        throw new AppError('bad-request', {
          details: 'Only the last answer can be asked for again.',
        });
      }
      const answer = newMessage(
        { conversationId: old.conversationId, role: 'assistant', text: '', state: 'streaming' },
        clock.nowMs(),
      );
      const turns = toTurns(messages.slice(0, questionAt + 1));
      drop(runs.start(answer, turns, { via, replaces: old.id }), 'answering again', log);
      return { answer, replacedId: old.id };
    },

    open(conversationId) {
      const conversation = conversationOf(conversationId);
      const messages = [...messagesOf(conversationId)];
      return { conversation, messages, nextSequence: runs.flush(conversationId) };
    },

    turnsFor(conversationId, text) {
      const earlier = conversationId === null ? [] : messagesOf(conversationId);
      return [...toTurns(earlier), { role: 'user', text }];
    },

    rename(conversationId, title) {
      const conversation = { ...conversationOf(conversationId), title };
      store.saveConversation(conversation);
      publish({ type: 'conversation-saved', conversation });
    },

    remove(conversationId) {
      conversationOf(conversationId);
      store.deleteConversation(conversationId);
      runs.forget(conversationId);
      publish({ type: 'conversation-deleted', conversationId });
    },

    dispose() {
      runs.dispose();
    },
  };
}

/** What the model is shown: answers that hold no text (failed, stopped at once) are left out. */
function toTurns(messages: readonly Message[]): ChatTurn[] {
  return (
    messages
      .filter(({ text }) => text !== '')
      // Of several answers to one question, as a failed repetition leaves them, the last one counts.
      .filter(({ role }, index, kept) => role === 'user' || kept[index + 1]?.role !== 'assistant')
      .map(({ role, text }): ChatTurn => ({ role, text }))
  );
}
