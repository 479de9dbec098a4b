/** In the edge process: asks main for models and chats, and hands its answers to whoever waits for them. */
import { AppError } from '../platform/app-error.ts';
import { createAsyncQueue, type AsyncQueue } from '../platform/async-queue.ts';
import type {
  ChatCall,
  ChatEvent,
  EmbedCall,
  Embedded,
  FromEdgeWire,
  ListedModel,
  ToEdge,
  WireFailure,
} from './messages.ts';

export interface MainLink {
  models(): Promise<readonly ListedModel[]>;
  /** @throws AppError while iterating; aborting `signal` cancels in main and throws `cancelled` here. */
  chat(call: ChatCall, signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** @throws AppError; aborting `signal` cancels in main and throws `cancelled` here. */
  embed(call: EmbedCall, signal: AbortSignal): Promise<Embedded>;
  /** Takes an answer from main; one that nobody waits for any more is dropped. */
  receive(message: Extract<ToEdge, { type: 'models' | 'event' | 'embedded' | 'failure' }>): void;
}

export function createMainLink(post: (message: FromEdgeWire) => void): MainLink {
  const chats = new Map<number, AsyncQueue<ChatEvent>>();
  const questions = new Map<number, (models: readonly ListedModel[]) => void>();
  const embeds = new Map<number, PromiseWithResolvers<Embedded>>();
  let lastId = 0;

  async function embed(call: EmbedCall, signal: AbortSignal): Promise<Embedded> {
    if (signal.aborted) throw new AppError('cancelled');
    lastId += 1;
    const id = lastId;
    const result = Promise.withResolvers<Embedded>();
    const cancel = (): void => {
      post({ type: 'cancel', id });
      result.reject(new AppError('cancelled'));
    };
    embeds.set(id, result);
    signal.addEventListener('abort', cancel, { once: true });
    post({ type: 'embed', id, call });
    try {
      return await result.promise;
    } finally {
      signal.removeEventListener('abort', cancel);
      embeds.delete(id);
    }
  }

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
    embed,
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
        case 'embedded':
          embeds.get(message.id)?.resolve(message.embedded);
          break;
        case 'failure':
          chats.get(message.id)?.fail(toError(message.failure));
          embeds.get(message.id)?.reject(toError(message.failure));
          break;
      }
    },
  };
}

function toError({ code, details }: WireFailure): AppError {
  return new AppError(code, details === null ? {} : { details });
}
