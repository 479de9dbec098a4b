/** Lets one side push what the other side iterates over. */

export interface AsyncQueue<Item> {
  push(item: Item): void;
  /** Ends the iteration with this error, after what was pushed before. */
  fail(error: Error): void;
  /** For one reader. */
  read(): AsyncIterable<Item>;
}

export function createAsyncQueue<Item>(): AsyncQueue<Item> {
  let items: Item[] = [];
  let failure: Error | null = null;
  let wake: (() => void) | null = null;

  async function* read(): AsyncGenerator<Item> {
    for (;;) {
      const ready = items;
      items = [];
      yield* ready;
      if (items.length > 0) continue;
      if (failure) throw failure;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = null;
    }
  }

  return {
    push(item) {
      items.push(item);
      wake?.();
    },
    fail(error) {
      failure ??= error;
      wake?.();
    },
    read,
  };
}
