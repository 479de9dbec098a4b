/** Counts the answers that are being written for the owner, in the window or through the endpoint. */

export interface InFlight {
  count(): number;
  /** The same events; counted from the first one that is asked for until the last. */
  counted<Event>(events: AsyncIterable<Event>): AsyncIterable<Event>;
  /** Told whenever the count is another one. */
  onChange(listener: () => void): void;
}

export function createInFlight(): InFlight {
  const listeners = new Set<() => void>();
  let running = 0;
  const add = (more: number): void => {
    running += more;
    for (const listener of listeners) listener();
  };
  return {
    count: () => running,
    async *counted(events) {
      add(1);
      try {
        yield* events;
      } finally {
        add(-1);
      }
    },
    onChange(listener) {
      listeners.add(listener);
    },
  };
}
