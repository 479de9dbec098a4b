/** Which sequence a new prompt goes to: the one that already holds its beginning, else the one least missed. */

/** Fewer tokens are read sooner than their state is saved and brought back, unless reading is slow. */
export const LEAST_TOKENS = 64;

export interface IdleSlot {
  /** Tokens whose state it holds, whoever's. */
  readonly holds: number;
  /** Of those, the ones that the prompt begins with and may use. */
  readonly shared: number;
  /** Grows with every use; 0 for one that was never used. */
  readonly lastUse: number;
  /** Until when somebody has paid for what it holds; 0 when nobody has. */
  readonly heldUntilMs: number;
}

/** At least this part of what a slot holds must be shared; less would throw another conversation away. */
const SAME_CONVERSATION = 0.5;
/** The same for a conversation whose keeping was paid for. */
const SAME_HELD_CONVERSATION = 0.9;

export function commonPrefix(left: readonly number[], right: readonly number[]): number {
  const limit = Math.min(left.length, right.length);
  let length = 0;
  while (length < limit && left[length] === right[length]) length += 1;
  return length;
}

/**
 * @param elsewhere how much of the prompt could be brought into any of them instead
 * @param least tokens that are worth it
 * @returns an index; null when there is no idle slot
 */
export function chooseSlot(
  idle: readonly IdleSlot[],
  elsewhere: number,
  least: number,
): number | null {
  const rated = idle.map((slot, index) => {
    const isOutdone = elsewhere - slot.shared >= least;
    return { ...slot, index, reuse: isOutdone ? 0 : reuseOf(slot) };
  });
  rated.sort(
    (a, b) =>
      b.reuse - a.reuse ||
      Math.min(a.holds, 1) - Math.min(b.holds, 1) ||
      a.heldUntilMs - b.heldUntilMs ||
      a.lastUse - b.lastUse ||
      a.index - b.index,
  );
  return rated[0]?.index ?? null;
}

/** Tokens that make it worth to go on in this very slot. */
function reuseOf({ holds, shared, heldUntilMs }: IdleSlot): number {
  const least = heldUntilMs > 0 ? SAME_HELD_CONVERSATION : SAME_CONVERSATION;
  return shared >= holds * least ? shared : 0;
}
