/** Spans of the day: when relays may run, and when fans shall be quiet. */
import { MINUTES_OF_DAY, NIGHT } from './policy.ts';
import type { Moment } from './senses.ts';

const MINUTE_MS = 60_000;

/** From a minute of the day up to another, over midnight when the second is the smaller one. */
export interface Span {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** A span that ends where it begins is the whole day; a minute that is none is in no other. */
export function isWithin(minuteOfWeek: number, { fromMinute, toMinute }: Span): boolean {
  const minute = minuteOfWeek % MINUTES_OF_DAY;
  const isAfter = minute >= fromMinute;
  const isBefore = minute < toMinute;
  return fromMinute < toMinute ? isAfter && isBefore : isAfter || isBefore;
}

export function isNight(minuteOfWeek: number): boolean {
  return isWithin(minuteOfWeek, NIGHT);
}

/** @returns when the span begins next, on the monotonic clock; clocks show whole minutes everywhere at once */
export function beginsAtMs(minuteOfWeek: number, { fromMinute }: Span, now: Moment): number {
  const minute = minuteOfWeek % MINUTES_OF_DAY;
  const minutes = (fromMinute - minute + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  return now.monotonicMs + minutes * MINUTE_MS - (now.unixMs % MINUTE_MS);
}
