/** Small words that every part of the heat judgement uses. */
import type { Reading } from './sensors.ts';

/** Null when there is none, or it is as old as `limitMs`, or it comes from the future. */
export function freshOf<Value>(
  reading: Reading<Value> | null,
  limitMs: number,
  nowMs: number,
): Value | null {
  if (reading === null) return null;
  const ageMs = nowMs - reading.atMs;
  return ageMs >= 0 && ageMs < limitMs ? reading.value : null;
}

/** @returns since when it holds, on the monotonic clock; null when it does not */
export function sinceOf(before: number | null, holds: boolean, nowMs: number): number | null {
  return holds ? (before ?? nowMs) : null;
}

/** Whether it has held for so long. */
export function hasHeld(sinceMs: number | null, ms: number, nowMs: number): boolean {
  return sinceMs !== null && nowMs - sinceMs >= ms;
}

/** Such as `84 °C`. */
export function degrees(celsius: number): string {
  return `${String(Math.round(celsius))} °C`;
}
