/** Wires the chat: conversations on disk, answers from the engine, news to the hub and the window. */
import { createChatService, type ChatService } from '../chat/chat-service.ts';
import { openChats } from '../chat/chat-database.ts';
import type { ChatEvent } from '../chat/ports.ts';
import { createSqliteStore } from '../chat/sqlite-store.ts';
import type { Hub } from '../hub/hub.ts';
import type { ModelLibrary } from '../models/library.ts';
import { AppError } from '../platform/app-error.ts';
import { chatAnswerer } from './chat-answerer.ts';
import type { InFlight } from './in-flight.ts';
import type { NetworkAnswerer } from './network-answerer.ts';
import type { NodeAnswers } from './compose-engine.ts';
import type { NodePorts } from './compose-node.ts';

/** What goes straight to the window, because it is too much and too quick for the snapshot. */
export type ChatNews = Extract<ChatEvent, { type: 'delta' | 'end' }>;

export interface ChatPorts extends NodePorts {
  readonly engine: NodeAnswers;
  readonly library: Pick<ModelLibrary, 'current'>;
  readonly hub: Hub;
  readonly raise: (error: unknown) => void;
  readonly publish: (news: ChatNews) => void;
  readonly network: NetworkAnswerer;
  readonly inFlight: InFlight;
}

/** @throws AppError when the conversations can neither be read nor set aside. */
export function composeChat(path: string, ports: ChatPorts): ChatService {
  const { engine, library, hub, raise, publish, clock, network, inFlight } = ports;
  const answerHere = chatAnswerer(engine, library);
  const { database, damagedKeptAs } = openChats(path, clock.nowMs());
  if (damagedKeptAs !== null) {
    raise(new AppError('store-corrupt', { details: `It was kept as ${damagedKeptAs}.` }));
  }
  const store = createSqliteStore(database);
  const chat = createChatService({
    ...ports,
    store,
    answer: (turns, signal, via) =>
      inFlight.counted(
        via === 'network' ? network.answer(turns, signal) : answerHere(turns, signal),
      ),
    publish: (event) => {
      if (event.type === 'delta' || event.type === 'end') publish(event);
      else if (event.type === 'unsaved') raise(event.error);
      else hub.dispatch(event);
    },
  });
  hub.dispatch({ type: 'conversations-loaded', conversations: store.conversations() });
  return {
    ...chat,
    dispose() {
      chat.dispose();
      store.dispose();
    },
  };
}
