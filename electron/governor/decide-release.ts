/** The second step of giving back: when the engine's process has to go, and with it its memory. */
import { REASON_CODES, type ReasonCode } from '../ipc/status.ts';
import { RELEASE_AFTER_MS } from './policy.ts';
import { RELEASES_OWNERS, RELEASING } from './policy-codes.ts';
import type { NodeFacts } from './ports.ts';
import type { Senses } from './senses.ts';
import type { Veto } from './vetoes.ts';

/** Plain data; times are on the monotonic clock. */
export interface GiveBackState {
  /** The memory was taken, or kept, for relays or to find out whether they may come. */
  readonly isOurs: boolean;
  /** Since when the owner is back; null while nobody is. */
  readonly sinceMs: number | null;
}

export const NOTHING_GIVEN: GiveBackState = { isOurs: false, sinceMs: null };

export interface GiveBackInput {
  readonly node: NodeFacts;
  /** Null when nobody looks. */
  readonly senses: Senses | null;
  readonly vetoes: readonly Veto[];
  readonly isServing: boolean;
  readonly isMemoryShort: boolean;
  readonly isCritical: boolean;
  readonly nowMs: number;
}

export function stepGiveBack(before: GiveBackState, input: GiveBackInput): GiveBackState {
  const { node, vetoes, isServing, nowMs } = input;
  const isUsed = isServing || node.selfTest === 'running';
  const isOurs = node.holdsMemory && !isOwners(node) && (isUsed || before.isOurs);
  const isBack = vetoes.some(({ code }) => RELEASING[code] === 'after-a-while');
  return { isOurs, sinceMs: isOurs && isBack ? (before.sinceMs ?? nowMs) : null };
}

/** @returns the reason to kill the engine's process now; null to leave it */
export function releaseOf(state: GiveBackState, input: GiveBackInput): ReasonCode | null {
  const { node, senses, vetoes, isCritical } = input;
  if (!node.holdsMemory || senses === null) return null;
  const codes = vetoes
    .filter((each) => isDue(each, state, input))
    .map(({ code }) => code)
    .sort((one, other) => REASON_CODES.indexOf(one) - REASON_CODES.indexOf(other));
  if (!isOwners(node)) return codes[0] ?? (isCritical ? 'gpu-critical' : null);
  const due = codes.find((code) => RELEASES_OWNERS.includes(code) || isAtOnce(code, node));
  return due ?? (isCritical ? 'gpu-critical' : null);
}

function isOwners({ isOwners: isTheirs, isAnswering }: NodeFacts): boolean {
  return isTheirs || isAnswering;
}

/** Who read an answer a moment ago and starts a game wants the memory for that. */
function isAtOnce(code: ReasonCode, { isAnswering }: NodeFacts): boolean {
  return !isAnswering && RELEASING[code] === 'at-once';
}

function isDue(each: Veto, state: GiveBackState, input: GiveBackInput): boolean {
  const { senses, isMemoryShort, nowMs } = input;
  if (each.isOver) return false;
  const releasing = RELEASING[each.code];
  if (releasing === 'after-a-while') {
    if (state.sinceMs === null) return false;
    return isMemoryShort || stayedMs(each.code, state.sinceMs, senses, nowMs) > RELEASE_AFTER_MS;
  }
  // A computer that has just woken up is kept from relays, but its memory is no longer in the way.
  return releasing === 'at-once' && (each.code !== 'suspended' || senses?.isSuspended === true);
}

/** How long the owner has been at it; only what they do counts, not how long ago it was. */
function stayedMs(code: ReasonCode, sinceMs: number, senses: Senses | null, nowMs: number): number {
  const input = senses?.input ?? null;
  return code === 'owner-active' && input !== null ? input.lastMs - sinceMs : nowMs - sinceMs;
}
