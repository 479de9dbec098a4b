/** Hands events from a producer that never waits to one consumer that takes its time. */

export interface EventQueue<Value> extends AsyncIterable<Value> {
  push(value: Value): void;
  /** Nothing follows; what was pushed before is still delivered. */
  end(): void;
  /** As `end`, but the consumer then gets this error thrown. */
  fail(error: Error): void;
}

/** @param onAbandon called when the consumer leaves before the end */
export function createEventQueue<Value>(onAbandon: () => void): EventQueue<Value> {
  const values: Value[] = [];
  let over: { readonly error: Error | null } | null = null;
  let wake: (() => void) | null = null;

  const change = () => {
    wake?.();
    wake = null;
  };
  const close = (error: Error | null) => {
    over ??= { error };
    change();
  };

  async function* read(): AsyncGenerator<Value, void> {
    try {
      for (;;) {
        const value = values.shift();
        if (value !== undefined) {
          yield value;
        } else if (over !== null) {
          if (over.error !== null) throw over.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      if (over === null) onAbandon();
    }
  }

  return {
    push(value) {
      if (over !== null) return;
      values.push(value);
      change();
    },
    end() {
      close(null);
    },
    fail: close,
    [Symbol.asyncIterator]: read,
  };
}
