/** Counts the answers that are being written for the owner, in the window or through the endpoint. */

export interface InFlight {
  count(): number;
  /** The same events; counted from the first one that is asked for until the last. */
  counted<Event>(events: AsyncIterable<Event>): AsyncIterable<Event>;
}

export function createInFlight(): InFlight {
  let running = 0;
  return {
    count: () => running,
    async *counted(events) {
      running += 1;
      try {
        yield* events;
      } finally {
        running -= 1;
      }
    },
  };
}
