/** Hours and days of a chart, by clocks that jump. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { lastDays, lastHours, localOffsetMs } from '../../../electron/app/earnings-periods.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
] as const;

const own = process.env['TZ'];
afterEach(() => {
  if (own === undefined) delete process.env['TZ'];
  else process.env['TZ'] = own;
});

function inZone<Value>(zone: string, work: () => Value): Value {
  process.env['TZ'] = zone;
  return work();
}

/** As the ledger's totals number an hour and a day. */
function numbersOf(atMs: number) {
  const hour = Math.floor((atMs + localOffsetMs(atMs)) / HOUR_MS);
  return { hour, day: Math.floor(hour / 24) };
}

const anyZone = fc.constantFrom(...ZONES);
const anyMoment = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2029, 0) });

describe('the days of a month', () => {
  it('each begin at their own midnight, and what happened in between belongs to one of them', () => {
    fc.assert(
      fc.property(anyZone, anyMoment, fc.integer({ min: 0, max: 29 * DAY_MS }), (zone, now, ago) =>
        inZone(zone, () => {
          const days = lastDays(now, 30);
          expect(days).toHaveLength(30);
          for (const [index, { number, startMs }] of days.entries()) {
            expect(numbersOf(startMs).day).toBe(number);
            // The moment before belongs to the day before.
            expect(numbersOf(startMs - 1).day).toBe(number - 1);
            expect(number - (days[0]?.number ?? 0)).toBe(index);
          }
          const then = now - ago;
          const holder = days.findLast(({ startMs }) => startMs <= then);
          expect(holder?.number).toBe(numbersOf(then).day);
        }),
      ),
    );
  });

  it('are 23 and 25 hours long when the clocks jump', () => {
    inZone('Europe/Berlin', () => {
      const lengths = (now: number) => {
        const starts = lastDays(now, 4).map(({ startMs }) => startMs);
        return starts.slice(1).map((start, index) => (start - (starts[index] ?? 0)) / HOUR_MS);
      };
      expect(lengths(Date.UTC(2026, 2, 31, 10))).toEqual([24, 23, 24]);
      expect(lengths(Date.UTC(2026, 9, 27, 10))).toEqual([24, 25, 24]);
    });
  });
});

describe('the hours of a day', () => {
  it('are different hours, in order, up to the one that is not over', () => {
    fc.assert(
      fc.property(anyZone, anyMoment, (zone, now) =>
        inZone(zone, () => {
          const hours = lastHours(now, 24);
          expect(hours).toHaveLength(24);
          expect(hours.at(-1)?.number).toBe(numbersOf(now).hour);
          for (const [index, { number, startMs }] of hours.entries()) {
            const before = hours[index - 1];
            if (!before) continue;
            expect(startMs).toBeGreaterThan(before.startMs);
            expect(number).toBeGreaterThan(before.number);
            expect(number - before.number).toBeLessThanOrEqual(2);
          }
        }),
      ),
    );
  });

  it('that the clocks ran through twice are one, and those left out are none', () => {
    inZone('Europe/Berlin', () => {
      const clock = ({ startMs }: { readonly startMs: number }) => new Date(startMs).getHours();
      const autumn = lastHours(Date.UTC(2026, 9, 25, 3, 30), 4);
      expect(autumn.map(clock)).toEqual([1, 2, 3, 4]);
      expect((autumn[2]?.startMs ?? 0) - (autumn[1]?.startMs ?? 0)).toBe(2 * HOUR_MS);
      const spring = lastHours(Date.UTC(2026, 2, 29, 3, 30), 4);
      expect(spring.map(clock)).toEqual([1, 3, 4, 5]);
    });
  });
});
