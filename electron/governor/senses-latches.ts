/** Remembers a reason beyond its cause, so that what flickers does not start and stop relays. */
import { CLEAR_MS, type LatchCode } from './policy-codes.ts';

/** Times are on the monotonic clock. */
export interface Latch {
  /** When its cause was last there. */
  readonly lastMs: number;
  /** Whether its cause is there now, or may be. */
  readonly isHeld: boolean;
  readonly detail: string | null;
}

export type Latches = Readonly<Partial<Record<LatchCode, Latch>>>;

/** Why there is a reason; `unclear` neither sets nor ends one: between two thresholds, or nobody can say. */
export type Cause = { readonly detail: string | null } | 'unclear' | null;

/**
 * @param isAwakeAgain what was measured before says nothing about when the cause ended
 */
export function latchAll(
  before: Latches,
  causes: Readonly<Record<LatchCode, Cause>>,
  nowMs: number,
  isAwakeAgain: boolean,
): Latches {
  const latches: Partial<Record<LatchCode, Latch>> = {};
  for (const code of LATCH_CODES) {
    const held = before[code];
    const known = held && isAwakeAgain ? { ...held, lastMs: nowMs } : held;
    const next = latch(known, causes[code], CLEAR_MS[code], nowMs);
    if (next !== null) latches[code] = next;
  }
  return latches;
}

export const LATCH_CODES: readonly LatchCode[] = [
  'lid-shut',
  'game',
  'exclusive-app',
  'fullscreen',
  'other-gpu-app',
  'on-ups',
  'charge-low',
  'charger-too-weak',
  'power-saver',
  'unprofitable',
  'metered',
];

function latch(
  before: Latch | undefined,
  cause: Cause,
  clearMs: number,
  nowMs: number,
): Latch | null {
  if (cause === 'unclear') return before ? { ...before, lastMs: nowMs, isHeld: true } : null;
  if (cause !== null) return { lastMs: nowMs, isHeld: true, detail: cause.detail };
  if (before === undefined || !(nowMs - before.lastMs < clearMs)) return null;
  return { ...before, isHeld: false };
}
