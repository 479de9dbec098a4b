/** Hands items from a producer that never waits to one consumer that takes its time. */

export interface AsyncQueue<Item> extends AsyncIterable<Item> {
  /** Ignored after the end. */
  push(item: Item): void;
  /** Nothing follows; what was pushed before is still delivered. */
  end(): void;
  /** As `end`, but the consumer then gets this error thrown. */
  fail(error: Error): void;
}

/** @param onAbandon called when the consumer leaves before the end. */
export function createAsyncQueue<Item>(onAbandon?: () => void): AsyncQueue<Item> {
  let items: Item[] = [];
  let over: { readonly error: Error | null } | null = null;
  let wake: (() => void) | null = null;

  const close = (error: Error | null): void => {
    over ??= { error };
    wake?.();
  };

  async function* read(): AsyncGenerator<Item, void> {
    try {
      for (;;) {
        const ready = items;
        items = [];
        yield* ready;
        if (items.length > 0) continue;
        if (over?.error) throw over.error;
        if (over) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
    } finally {
      if (!over) onAbandon?.();
    }
  }

  return {
    push(item) {
      if (over) return;
      items.push(item);
      wake?.();
    },
    end() {
      close(null);
    },
    fail: close,
    [Symbol.asyncIterator]: read,
  };
}
