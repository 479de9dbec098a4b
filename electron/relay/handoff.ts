/** Hands items from a producer to one consumer, and makes the producer wait until the consumer took them. */

export interface Handoff<Item> extends AsyncIterable<Item> {
  /**
   * Resolves once the consumer took it, at once when the consumer has left. Aborting `signal` ends the wait,
   * not the delivery.
   */
  offer(item: Item, signal: AbortSignal): Promise<void>;
  /** Nothing follows; what was offered before is still delivered. */
  end(): void;
  /** As `end`, but the consumer then gets this error thrown. */
  fail(error: Error): void;
}

/** @param onAbandon called when the consumer leaves before the end */
export function createHandoff<Item>(onAbandon: () => void): Handoff<Item> {
  const items: { readonly item: Item; readonly taken: () => void }[] = [];
  let over: { readonly error: Error | null } | null = null;
  let hasLeft = false;
  let wake: (() => void) | null = null;

  const close = (error: Error | null): void => {
    over ??= { error };
    wake?.();
  };
  const leave = (): void => {
    hasLeft = true;
    for (const { taken } of items.splice(0)) taken();
    if (over === null) onAbandon();
  };

  async function* read(): AsyncGenerator<Item, void> {
    try {
      for (;;) {
        const next = items.shift();
        if (next !== undefined) {
          next.taken();
          yield next.item;
        } else if (over !== null) {
          if (over.error !== null) throw over.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          wake = null;
        }
      }
    } finally {
      leave();
    }
  }

  return {
    offer(item, signal) {
      if (hasLeft || over !== null) return Promise.resolve();
      if (wake !== null && items.length === 0) {
        // Somebody waits for just this one.
        items.push({ item, taken: () => undefined });
        wake();
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const taken = (): void => {
          signal.removeEventListener('abort', taken);
          resolve();
        };
        items.push({ item, taken });
        wake?.();
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', taken);
      });
    },
    end: () => close(null),
    fail: close,
    [Symbol.asyncIterator]: read,
  };
}
