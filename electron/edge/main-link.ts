/** In the edge process: asks main for models and chats, and hands its answers to whoever waits for them. */
import { AppError } from '../platform/app-error.ts';
import { createAsyncQueue, type AsyncQueue } from '../platform/async-queue.ts';
import type {
  ChatCall,
  ChatEvent,
  FromEdgeWire,
  ListedModel,
  ToEdge,
  WireFailure,
} from './messages.ts';

export interface MainLink {
  models(): Promise<readonly ListedModel[]>;
  /** @throws AppError while iterating; aborting `signal` cancels in main and throws `cancelled` here. */
  chat(call: ChatCall, signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** Takes an answer from main; one that nobody waits for any more is dropped. */
  receive(message: Extract<ToEdge, { type: 'models' | 'event' | 'failure' }>): void;
}

export function createMainLink(post: (message: FromEdgeWire) => void): MainLink {
  const chats = new Map<number, AsyncQueue<ChatEvent>>();
  const questions = new Map<number, (models: readonly ListedModel[]) => void>();
  let lastId = 0;

  async function* chat(call: ChatCall, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    if (signal.aborted) throw new AppError('cancelled');
    lastId += 1;
    const id = lastId;
    const queue = createAsyncQueue<ChatEvent>();
    const cancel = (): void => {
      post({ type: 'cancel', id });
      queue.fail(new AppError('cancelled'));
    };
    chats.set(id, queue);
    signal.addEventListener('abort', cancel, { once: true });
    post({ type: 'chat', id, call });
    try {
      yield* queue;
    } finally {
      signal.removeEventListener('abort', cancel);
      chats.delete(id);
    }
  }

  return {
    chat,
    models() {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve) => {
        questions.set(id, resolve);
        post({ type: 'models', id });
      });
    },
    receive(message) {
      switch (message.type) {
        case 'models':
          questions.get(message.id)?.(message.models);
          questions.delete(message.id);
          break;
        case 'event':
          chats.get(message.id)?.push(message.event);
          break;
        case 'failure':
          chats.get(message.id)?.fail(toError(message.failure));
          break;
      }
    },
  };
}

function toError({ code, details }: WireFailure): AppError {
  return new AppError(code, details === null ? {} : { details });
}
