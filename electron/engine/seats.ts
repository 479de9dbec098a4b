/** Which sequences are open to whom. */
import { isRelay, type Slot } from './step-plan.ts';
import { givesWay, type Waiting } from './waiting-line.ts';

/**
 * The first sequence is the owner's own where there is more than one: the owner's next question then costs no
 * relay its place, and finds the conversation so far still there.
 */
export function idleFor(slots: readonly Slot[], forRelay: boolean): readonly Slot[] {
  return openTo(slots, forRelay).filter(({ running }) => running === null);
}

/** Who can wait leaves one place free for who cannot, where its kind has more than one. */
export function mayTakePlace(slots: readonly Slot[], waiting: Waiting): boolean {
  const forRelay = isRelay(waiting.generation);
  const open = openTo(slots, forRelay);
  if (!givesWay(waiting) || open.length === 1) return true;
  // The owner can have a relay's place at any time.
  const isFree = ({ running }: Slot) =>
    running === null || (!forRelay && isRelay(running.generation));
  return open.filter(isFree).length > 1;
}

/** The relay that came last has the least to lose. */
export function lastRelay(slots: readonly Slot[]): Slot | null {
  const relays = slots.filter(({ running }) => running !== null && isRelay(running.generation));
  return relays.toSorted((a, b) => b.lastUse - a.lastUse)[0] ?? null;
}

function openTo(slots: readonly Slot[], forRelay: boolean): readonly Slot[] {
  return forRelay && slots.length > 1 ? slots.slice(1) : slots;
}
