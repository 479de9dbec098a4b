/** What a time without serving may have cost: by the hours before it in which there was work. */
import type { StretchCode } from '../ipc/governor.ts';

/** One hour, by the owner's clocks, in which relays were offered. */
export interface WorkedHour {
  /** Milliseconds in which a relay could have come, and those in which one computed. */
  readonly offeredMs: number;
  readonly outputTokens: number;
  /** The coin's smallest unit. */
  readonly earned: bigint;
}

/** Per hour in which relays are offered. */
export interface UsualHour {
  readonly tokens: bigint;
  readonly amount: bigint;
}

const HOUR_MS = 3_600_000n;
/** An hour in which less was offered says little. */
export const LEAST_OFFERED_MS = 600_000;
/** How many days are looked back on. */
export const USUAL_DAYS = 7;

/** Nothing is missed where the owner decided so, where serving would have cost more, and where there is no work. */
const NOT_MISSED: readonly StretchCode[] = [
  'serving',
  'ready',
  'earning-off',
  'snoozed',
  'schedule',
  'metered',
  'unprofitable',
  'app-closed',
];

/** The middle of the hours with work; null while there is none. */
export function usualHour(hours: readonly WorkedHour[]): UsualHour | null {
  const worked = hours.filter(
    (hour) => hour.offeredMs >= LEAST_OFFERED_MS && hour.outputTokens > 0,
  );
  if (worked.length === 0) return null;
  return {
    tokens: median(worked.map((hour) => perHour(BigInt(hour.outputTokens), hour.offeredMs))),
    amount: median(worked.map((hour) => perHour(hour.earned, hour.offeredMs))),
  };
}

export interface Missed {
  readonly missedTokens: number | null;
  readonly missedAmount: bigint | null;
}

/** Rounded down. */
export function missedIn(code: StretchCode, lengthMs: number, usual: UsualHour | null): Missed {
  if (usual === null || NOT_MISSED.includes(code))
    return { missedTokens: null, missedAmount: null };
  const ms = BigInt(Math.max(0, Math.round(lengthMs)));
  return {
    missedTokens: Number((usual.tokens * ms) / HOUR_MS),
    missedAmount: (usual.amount * ms) / HOUR_MS,
  };
}

function perHour(amount: bigint, offeredMs: number): bigint {
  return (amount * HOUR_MS) / BigInt(Math.round(offeredMs));
}

function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
  const high = sorted[Math.floor(sorted.length / 2)] ?? low;
  return (low + high) / 2n;
}
