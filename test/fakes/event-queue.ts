/** Turns what is told by calls into what is asked for, one after the other. */

export interface EventQueue<Item> {
  readonly push: (item: Item) => void;
  readonly fail: (error: Error) => void;
  /** Waits for the next one. Rejects once all before the failure were given. */
  readonly next: () => Promise<Item>;
}

export function createEventQueue<Item>(): EventQueue<Item> {
  const items: (() => Item)[] = [];
  let wake: (() => void) | null = null;
  const add = (give: () => Item): void => {
    items.push(give);
    wake?.();
  };
  return {
    push: (item) => add(() => item),
    fail: (error) =>
      add(() => {
        throw error;
      }),
    async next() {
      while (items.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const [give] = items.splice(0, 1);
      if (give === undefined) throw new Error('nothing was told');
      return give();
    },
  };
}
