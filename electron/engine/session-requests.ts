/** The requests that one engine process is working on, by the number under which it speaks of them. */
import type { AppError } from '../platform/app-error.ts';
import type { GenerateEvent } from '../protocol/generate.ts';

/** Hears of one request: events, and after `end` or `onError` nothing more. */
export interface RequestSink {
  onEvent(event: GenerateEvent): void;
  onError(error: AppError): void;
}

export interface SessionRequests {
  /** Requests that have not ended. */
  readonly count: number;
  has(id: number): boolean;
  /** @returns its number */
  add(sink: RequestSink, isRelay: boolean): number;
  hear(id: number, event: GenerateEvent): void;
  fail(id: number, error: AppError): void;
  failAll(owners: AppError, relays: AppError): void;
}

export function createSessionRequests(): SessionRequests {
  const sinks = new Map<number, { readonly sink: RequestSink; readonly isRelay: boolean }>();
  let lastId = 0;

  /** The sink is let go of first: what it does next may ask for the count. */
  const take = (id: number): RequestSink | undefined => {
    const sink = sinks.get(id)?.sink;
    sinks.delete(id);
    return sink;
  };

  return {
    get count() {
      return sinks.size;
    },
    has: (id) => sinks.has(id),
    add(sink, isRelay) {
      sinks.set((lastId += 1), { sink, isRelay });
      return lastId;
    },
    hear(id, event) {
      const sink = event.type === 'end' ? take(id) : sinks.get(id)?.sink;
      sink?.onEvent(event);
    },
    fail(id, error) {
      take(id)?.onError(error);
    },
    failAll(owners, relays) {
      const left = [...sinks.values()];
      sinks.clear();
      for (const { sink, isRelay } of left) sink.onError(isRelay ? relays : owners);
    },
  };
}
