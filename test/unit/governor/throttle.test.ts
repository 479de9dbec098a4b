import { expect, test } from 'vitest';
import { createThrottle } from '../../../electron/governor/throttle.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

test('tells the newest once a second at most, and loses none that stays the newest', () => {
  const clock = createManualClock();
  const told: [number, number][] = [];
  const { tell, dispose } = createThrottle<[number]>(clock, 1000, (value) => {
    told.push([clock.monotonicMs(), value]);
  });
  for (let value = 0; value < 10; value += 1) {
    tell(value);
    clock.advance(250);
  }
  clock.advance(10_000);
  expect(told).toEqual([
    [0, 0],
    [1000, 3],
    [2000, 7],
    [3000, 9],
  ]);
  tell(10);
  tell(11);
  dispose();
  expect(told.slice(4).map(([, value]) => value)).toEqual([10, 11]);
  clock.advance(10_000);
  expect(told).toHaveLength(6);
});
