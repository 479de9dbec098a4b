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
  add(sink: RequestSink): number;
  hear(id: number, event: GenerateEvent): void;
  fail(id: number, error: AppError): void;
  failAll(error: AppError): void;
}

export function createSessionRequests(): SessionRequests {
  const sinks = new Map<number, RequestSink>();
  let lastId = 0;

  /** The sink is let go of first: what it does next may ask for the count. */
  const take = (id: number): RequestSink | undefined => {
    const sink = sinks.get(id);
    sinks.delete(id);
    return sink;
  };

  return {
    get count() {
      return sinks.size;
    },
    has: (id) => sinks.has(id),
    add(sink) {
      sinks.set((lastId += 1), sink);
      return lastId;
    },
    hear(id, event) {
      const sink = event.type === 'end' ? take(id) : sinks.get(id);
      sink?.onEvent(event);
    },
    fail(id, error) {
      take(id)?.onError(error);
    },
    failAll(error) {
      const left = [...sinks.values()];
      sinks.clear();
      for (const sink of left) sink.onError(error);
    },
  };
}
