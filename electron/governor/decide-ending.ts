/** Which relays under way have to end, each judged by the policy under which it was taken. */
import type { PresencePolicy } from '../ipc/status.ts';
import { GRACE_MS } from './policy.ts';
import { ENDING } from './policy-codes.ts';
import type { Facts, Veto } from './vetoes.ts';

export const POLICIES: readonly PresencePolicy[] = ['away', 'locked', 'always'];

/** Reasons as a relay under way would have them, were it to start now under its own policy. */
export type VetoesUnder = Readonly<Record<PresencePolicy, readonly Veto[]>>;

/** @returns monotonic time since which the relays have a reason to end soon; null without one */
export function graceSince(
  before: number | null,
  relays: Facts['relays'],
  under: VetoesUnder,
  nowMs: number,
): number | null {
  const isDue = POLICIES.some(
    (policy) =>
      relays[policy] > 0 &&
      under[policy].some(({ code, isOver }) => !isOver && ENDING[code] === 'grace'),
  );
  return isDue ? (before ?? nowMs) : null;
}

/** A relay is judged by the policy under which it was taken: that is what its owner agreed to when it began. */
export function endingNow(
  relays: Facts['relays'],
  under: VetoesUnder,
  graceSinceMs: number | null,
  nowMs: number,
): PresencePolicy[] {
  const isGraceOver = graceSinceMs !== null && !(nowMs - graceSinceMs < GRACE_MS);
  return POLICIES.filter(
    (policy) =>
      relays[policy] > 0 &&
      under[policy].some(({ code, isOver }) => {
        const ending = ENDING[code];
        return !isOver && (ending === 'at-once' || (ending === 'grace' && isGraceOver));
      }),
  );
}

export function inFlight(relays: Facts['relays']): number {
  return POLICIES.reduce((sum, policy) => sum + relays[policy], 0);
}
