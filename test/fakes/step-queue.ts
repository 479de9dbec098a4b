/** Every wait of a small world as a step that the test lets happen, in whatever order it likes. */

export interface StepQueue {
  /** Resolves when the test picks it; never when its owner has crashed. */
  step(owner: object): Promise<void>;
  /** Lets one waiting step happen and everything that follows from it without waiting. @returns false when none waits */
  next(choose: (count: number) => number): Promise<boolean>;
  crash(owner: object): void;
  isAlive(owner: object): boolean;
}

export function createStepQueue(): StepQueue {
  let waiting: { readonly owner: object; readonly go: () => void }[] = [];
  const dead = new WeakSet<object>();
  return {
    step: (owner) =>
      new Promise((resolve) => {
        if (!dead.has(owner)) waiting.push({ owner, go: resolve });
      }),
    async next(choose) {
      const [picked] = waiting.splice(choose(waiting.length), 1);
      picked?.go();
      await settled();
      return picked !== undefined;
    },
    crash(owner) {
      dead.add(owner);
      waiting = waiting.filter((each) => each.owner !== owner);
    },
    isAlive: (owner) => !dead.has(owner),
  };
}

/** Resolves once no promise is left that could go on by itself. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A small deterministic source of numbers (mulberry32). @returns a whole number below `count` */
export function createChooser(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, count);
  };
}
