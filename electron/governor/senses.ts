/** What the governor remembers of its readings: since when something holds, and how the owner came back. */
import {
  BLIP_MS,
  CLOCK_SLIP_MS,
  HOLD_MS,
  LONGEST_GAP_MS,
  SAME_INPUT_MS,
  STALE_MS,
} from './policy.ts';
import type { Power, Reading, Readings } from './sensors.ts';

/** The same moment on both clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly unixMs: number;
}

/** One stretch of input; times are on the monotonic clock. */
export interface Input {
  readonly firstMs: number;
  readonly lastMs: number;
  /** Whether the owner had been away before it. */
  readonly afterAway: boolean;
}

/** A value that holds since then; null is unknown. */
export interface Since<Value> {
  readonly value: Value | null;
  readonly sinceMs: number;
}

/** Plain data, so that a decision can be replayed. */
export interface Senses {
  readonly at: Moment;
  /** Null while idleness is unknown. */
  readonly input: Input | null;
  readonly locked: Since<boolean>;
  readonly power: Since<Power> & { readonly isAfterBattery: boolean };
  readonly isSuspended: boolean;
  /** This look is the first after a sleep, or after a time in which the clocks cannot be trusted. */
  readonly isAwakeAgain: boolean;
  /** Until then the computer counts as only just awake. */
  readonly awakeAtMs: number | null;
}

/**
 * @param previous null when nobody looked before
 * @param startAfterMs without input, before the owner counts as away
 */
export function observe(
  previous: Senses | null,
  readings: Readings,
  now: Moment,
  startAfterMs: number,
): Senses {
  const nowMs = now.monotonicMs;
  const hasSlept = previous !== null && hasClockJumped(previous.at, now);
  const isAwakeAgain = hasSlept || (previous?.isSuspended === true && !readings.isSuspended);
  // What held before a sleep says nothing about the time after it.
  const before = isAwakeAgain ? null : previous;
  const idle = known(readings.idleMs, STALE_MS.presence, nowMs);
  const power = known(readings.power, STALE_MS.power, nowMs);
  return {
    at: now,
    input:
      idle !== null && idle >= 0 && idle < Infinity
        ? inputOf(before?.input ?? null, nowMs - idle, startAfterMs)
        : null,
    locked: since(before?.locked, known(readings.isLocked, STALE_MS.presence, nowMs), nowMs),
    power: {
      ...since(before?.power, power, nowMs),
      isAfterBattery: isAfterBattery(previous?.power ?? null, power),
    },
    isSuspended: readings.isSuspended,
    isAwakeAgain,
    awakeAtMs: isAwakeAgain ? nowMs + HOLD_MS.awake : (previous?.awakeAtMs ?? null),
  };
}

/** How long the owner must have been idle, as things are. */
export function idleNeededMs({ input, locked, at }: Senses, startAfterMs: number): number {
  const isLocked = locked.value === true && at.monotonicMs - locked.sinceMs >= HOLD_MS.locked;
  if (isLocked) return HOLD_MS.idleLocked;
  return input === null ? startAfterMs : neededAfter(input, startAfterMs);
}

function hasClockJumped(before: Moment, now: Moment): boolean {
  const passedMs = now.monotonicMs - before.monotonicMs;
  const slipMs = now.unixMs - before.unixMs - passedMs;
  // Written so that a time which is no number counts as a jump.
  return !(passedMs >= 0 && passedMs <= LONGEST_GAP_MS && Math.abs(slipMs) <= CLOCK_SLIP_MS);
}

/** Null when there is none, or it is too old, or it comes from the future. */
export function known<Value>(
  reading: Reading<Value> | null,
  staleMs: number,
  nowMs: number,
): Value | null {
  if (reading === null) return null;
  const ageMs = nowMs - reading.atMs;
  return ageMs >= 0 && ageMs <= staleMs ? reading.value : null;
}

function since<Value>(
  before: Since<Value> | undefined,
  value: Value | null,
  nowMs: number,
): Since<Value> {
  const isSame = before !== undefined && before.value === value;
  return { value, sinceMs: isSame ? before.sinceMs : nowMs };
}

/** Mains that nobody has seen fail needs no proof of being steady. */
function isAfterBattery(before: Senses['power'] | null, power: Power | null): boolean {
  if (power === 'battery') return true;
  return before !== null && before.isAfterBattery;
}

function isBlip({ firstMs, lastMs, afterAway }: Input): boolean {
  return afterAway && lastMs - firstMs < BLIP_MS;
}

function neededAfter(input: Input, startAfterMs: number): number {
  return isBlip(input) ? Math.min(HOLD_MS.idleAfterBlip, startAfterMs) : startAfterMs;
}

function inputOf(before: Input | null, lastMs: number, startAfterMs: number): Input {
  if (before === null) return { firstMs: lastMs, lastMs, afterAway: false };
  const quietMs = lastMs - before.lastMs;
  if (quietMs <= SAME_INPUT_MS) return before;
  const wasAway = quietMs >= neededAfter(before, startAfterMs);
  return wasAway ? { firstMs: lastMs, lastMs, afterAway: true } : { ...before, lastMs };
}
