/** The hours and days that a chart shows: by the owner's clocks, also where those jump in spring and autumn. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** One hour or day of the owner's calendar. */
export interface CalendarPeriod {
  /** Hours or days since 1970-01-01 00:00 by the owner's clocks, as the ledger's totals count them. */
  readonly number: number;
  /** When it began, in Unix milliseconds. */
  readonly startMs: number;
}

/**
 * The hour that is not over, and those before it, oldest first. An hour that the clocks ran through twice is one; an
 * hour that they left out is none.
 */
export function lastHours(nowMs: number, count: number): readonly CalendarPeriod[] {
  const hours: CalendarPeriod[] = [];
  let atMs = nowMs;
  while (hours.length < count) {
    const offsetMs = localOffsetMs(atMs);
    const number = Math.floor((atMs + offsetMs) / HOUR_MS);
    const startMs = number * HOUR_MS - offsetMs;
    const later = hours.at(-1);
    if (later?.number === number) hours[hours.length - 1] = { number, startMs };
    else hours.push({ number, startMs });
    atMs = startMs - 1;
  }
  return hours.reverse();
}

/** Today and the days before it, oldest first, each from its own midnight: a day may have 23 or 25 hours. */
export function lastDays(nowMs: number, count: number): readonly CalendarPeriod[] {
  const now = new Date(nowMs);
  const [year, month, date] = [now.getFullYear(), now.getMonth(), now.getDate()];
  return Array.from({ length: count }, (_value, index) => {
    const day = date - (count - 1) + index;
    return {
      number: Date.UTC(year, month, day) / DAY_MS,
      startMs: new Date(year, month, day).getTime(),
    };
  });
}

/** How far the owner's clocks are ahead of UTC at a moment. */
export function localOffsetMs(atMs: number): number {
  return -new Date(atMs).getTimezoneOffset() * 60_000;
}
