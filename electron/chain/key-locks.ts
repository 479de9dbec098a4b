/** Lets pieces of work that share a key run one after the other. */

export interface KeyLocks {
  /** Runs once all earlier work under this key has ended, however it ended. */
  run<Value>(key: string, work: () => Promise<Value>): Promise<Value>;
}

export function createKeyLocks(): KeyLocks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const result = (tails.get(key) ?? Promise.resolve()).then(work);
      const tail = result
        .catch(() => undefined)
        .then(() => {
          if (tails.get(key) === tail) tails.delete(key);
        });
      tails.set(key, tail);
      return result;
    },
  };
}
