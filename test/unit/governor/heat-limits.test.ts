/** Where each spot of a card is held, pauses, goes on and is in danger. */
import { describe, expect, test } from 'vitest';
import { limitsOf, type HeatWish } from '../../../electron/governor/heat-limits.ts';
import type { Spot } from '../../../electron/governor/heat-policy.ts';

const USUAL: HeatWish = { targetCelsius: null, isLaptop: false, isQuiet: false };

type Row = readonly [
  name: string,
  spot: Spot,
  slowdown: number | null,
  wish: Partial<HeatWish>,
  limits: readonly [target: number, pause: number, resume: number, critical: number],
];

const ROWS: readonly Row[] = [
  ['a card that tells nothing', 'die', null, {}, [75, 83, 65, 90]],
  ['a usual card', 'die', 95, {}, [75, 83, 65, 92]],
  ['a card that may become warmer', 'die', 102, {}, [75, 83, 65, 99]],
  ['a card that slows down early', 'die', 88, {}, [68, 78, 58, 85]],
  ['one where only the target falls', 'die', 94, {}, [74, 83, 64, 91]],
  ['a slowdown nobody has', 'die', 69, {}, [75, 83, 65, 90]],
  ['the lowest likely slowdown', 'die', 70, {}, [50, 60, 45, 67]],
  ['the highest likely slowdown', 'die', 130, {}, [75, 83, 65, 127]],
  ['a slowdown beyond', 'die', 131, {}, [75, 83, 65, 90]],
  ['a laptop', 'die', 105, { isLaptop: true }, [72, 80, 62, 102]],
  ['at night', 'die', 95, { isQuiet: true }, [65, 83, 55, 92]],
  ['what the owner wants', 'die', 95, { targetCelsius: 60 }, [60, 83, 50, 92]],
  ['a warm room', 'die', 95, { targetCelsius: 50 }, [50, 83, 45, 92]],
  ['more than is good', 'die', 95, { targetCelsius: 90 }, [75, 83, 65, 92]],
  ['no number', 'die', 95, { targetCelsius: NaN }, [75, 83, 65, 92]],
  [
    'more than a laptop bears',
    'die',
    105,
    { targetCelsius: 75, isLaptop: true },
    [72, 80, 62, 102],
  ],
  ['a hottest spot', 'junction', 110, {}, [88, 98, 78, 107]],
  ['a hottest spot without limit', 'junction', null, {}, [88, 98, 78, 105]],
  ['a hottest spot at night', 'junction', 110, { isQuiet: true }, [78, 98, 68, 107]],
  ['a memory', 'memory', 95, {}, [87, 95, 85, 102]],
];

describe('limits', () => {
  test.each(ROWS)('%s', (_name, spot, slowdown, wish, [target, pause, resume, critical]) => {
    const limits = limitsOf(spot, slowdown, { ...USUAL, ...wish });
    expect(limits).toEqual({ target, pause, resume, critical });
  });
});
