/** Which sequence a new prompt goes to: the one that already holds its beginning, else the stalest. */

export interface IdleSlot {
  readonly held: readonly number[];
  /** Grows with every use; 0 for one that was never used. */
  readonly lastUse: number;
}

export interface SlotChoice {
  readonly index: number;
  /** How many held tokens the prompt shares; at least one prompt token is always left to evaluate. */
  readonly shared: number;
}

/** At least this part of what a slot holds must be shared; less would throw another conversation away. */
const SAME_CONVERSATION = 0.5;

export function commonPrefix(left: readonly number[], right: readonly number[]): number {
  const limit = Math.min(left.length, right.length);
  let length = 0;
  while (length < limit && left[length] === right[length]) length += 1;
  return length;
}

/** @returns null when there is no idle slot. */
export function chooseSlot(
  idle: readonly IdleSlot[],
  prompt: readonly number[],
): SlotChoice | null {
  const rated = idle.map((slot, index) => {
    const shared = Math.min(commonPrefix(slot.held, prompt), prompt.length - 1);
    const reuses = shared > 0 && shared >= slot.held.length * SAME_CONVERSATION;
    return { index, shared, reuse: reuses ? shared : 0, lastUse: slot.lastUse };
  });
  rated.sort((a, b) => b.reuse - a.reuse || a.lastUse - b.lastUse || a.index - b.index);
  const best = rated[0];
  return best === undefined ? null : { index: best.index, shared: best.shared };
}
