/** Questions to the engine whether relays keep to their share yet, and its answers. */

export interface PaceAnswers {
  /** @returns resolved with the answer to what `post` sent under that number */
  ask(post: (id: number) => void): Promise<void>;
  answer(id: number): void;
  /** The engine is gone, and with it everything that computed. */
  answerAll(): void;
}

export function createPaceAnswers(): PaceAnswers {
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  return {
    ask(post) {
      const id = (lastId += 1);
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        post(id);
      });
    },
    answer(id) {
      waiting.get(id)?.();
      waiting.delete(id);
    },
    answerAll() {
      for (const resolve of waiting.values()) resolve();
      waiting.clear();
    },
  };
}
