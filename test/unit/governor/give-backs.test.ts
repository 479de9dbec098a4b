/** How long a give-back took is measured from what caused it, as the reading itself says. */
import { describe, expect, test } from 'vitest';
import { stimulusOf } from '../../../electron/governor/give-back-log.ts';
import { createGiveBacks } from '../../../electron/governor/give-backs.ts';
import type { GiveBackReport } from '../../../electron/governor/ports.ts';
import { NOTHING_READ, type Readings } from '../../../electron/governor/sensors.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const at = <Value>(value: Value, atMs: number) => ({ value, atMs, source: 'the test' });
const READINGS: Readings = {
  ...NOTHING_READ,
  idleMs: at(40, 990),
  isLocked: at(false, 700),
  apps: at([], 800),
  gpus: at([], 600),
  fullscreen: at('', 5_000),
};

describe('the stimulus', () => {
  test.each([
    ['owner-active', 950],
    ['not-locked', 700],
    ['game', 800],
    ['other-gpu-app', 600],
    // From the future, and not known at all.
    ['fullscreen', 1000],
    ['on-battery', 1000],
    ['suspended', 1000],
  ] as const)('of %s', (cause, expectedMs) => {
    expect(stimulusOf(cause, READINGS, 1000)).toBe(expectedMs);
  });

  test('of a reading that is no number is now', () => {
    for (const value of [NaN, -Infinity, -5]) {
      expect(stimulusOf('owner-active', { ...READINGS, idleMs: at(value, 999) }, 1000)).toBe(1000);
    }
  });
});

function setUp() {
  const clock = createManualClock(1_000_000);
  clock.advance(1000);
  const reports: GiveBackReport[] = [];
  const giveBacks = createGiveBacks(clock, (report) => reports.push(report));
  return { clock, reports, giveBacks };
}

describe('a give-back', () => {
  test('with its memory is reported when that is back', () => {
    const { clock, reports, giveBacks } = setUp();
    giveBacks.begin('owner-active', READINGS);
    clock.advance(30);
    giveBacks.stopped();
    clock.advance(5);
    giveBacks.stopped();
    clock.advance(10_000);
    giveBacks.begin('owner-active', READINGS);
    giveBacks.released();
    const times = { decidedAfterMs: 50, stoppedAfterMs: 80, releasedAfterMs: 10_085 };
    expect(reports).toEqual([{ cause: 'owner-active', atMs: 1_000_950, ...times }]);
    clock.advance(60_000);
    giveBacks.end();
    expect(reports).toHaveLength(1);
  });

  test('without it is reported after a while, or as soon as relays are served again', () => {
    const { clock, reports, giveBacks } = setUp();
    giveBacks.begin('game', READINGS);
    giveBacks.stopped();
    clock.advance(14_999);
    expect(reports).toEqual([]);
    clock.advance(1);
    expect(reports).toMatchObject([{ stoppedAfterMs: 200, releasedAfterMs: null }]);
    giveBacks.begin('not-locked', READINGS);
    giveBacks.end();
    expect(reports[1]).toMatchObject({ cause: 'not-locked', stoppedAfterMs: null });
    giveBacks.stopped();
    giveBacks.released();
    giveBacks.end();
    expect(reports).toHaveLength(2);
  });

  test('in which the process was killed before it said a word stopped with it', () => {
    const { clock, reports, giveBacks } = setUp();
    giveBacks.begin('suspended', READINGS);
    clock.advance(120);
    giveBacks.released();
    const times = { decidedAfterMs: 0, stoppedAfterMs: 120, releasedAfterMs: 120 };
    expect(reports).toMatchObject([times]);
  });
});
