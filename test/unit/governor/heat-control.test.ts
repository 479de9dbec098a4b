/** How the duty moves: gently up, quickly down, and never up shortly after down. */
import { describe, expect, test } from 'vitest';
import {
  cutByCard,
  startAt,
  stepControl,
  type Control,
  type Feel,
} from '../../../electron/governor/heat-control.ts';
import { codes, heatScene, warmScene } from './heat-scene.ts';

const FEEL: Feel = {
  spareDegrees: 0,
  aheadDegrees: 0,
  hasOldSamples: false,
  cap: 1,
  mayRise: true,
  passedMs: 1000,
  nowMs: 100_000,
};

const at = (duty: number, spare = 0): Control => startAt(duty, spare, false);
const step = (control: Control, feel: Partial<Feel>) => stepControl(control, { ...FEEL, ...feel });

describe('the controller', () => {
  test('stays where it is at the target', () => {
    expect(step(at(0.6), {}).duty).toBe(0.6);
  });

  test('rises by 1 % a second at most, and only where it may', () => {
    expect(step(at(0.5), { spareDegrees: 30 }).duty).toBeCloseTo(0.51);
    expect(step(at(0.5), { spareDegrees: 30, passedMs: 250 }).duty).toBeCloseTo(0.5025);
    expect(step(at(0.5), { spareDegrees: 30, mayRise: false }).duty).toBe(0.5);
  });

  test('falls by 5 % a second at most', () => {
    expect(step(at(0.5), { spareDegrees: -30 }).duty).toBeCloseTo(0.45);
  });

  test('answers a degree with 2 %, and leaves out steps down of less than 1 %', () => {
    expect(step(at(0.5), { spareDegrees: -1 }).duty).toBeCloseTo(0.48);
    expect(step(at(0.5), { spareDegrees: -0.49 }).duty).toBe(0.5);
    expect(step(at(0.5), { spareDegrees: 0.25 }).duty).toBeCloseTo(0.505);
  });

  test('adds 0.06 % for each degree and second, but not while it is stuck', () => {
    const below = at(0.5, -10);
    expect(step(below, { spareDegrees: -10 }).integral).toBeCloseTo(below.integral - 0.006, 5);
    const above = at(0.5, 10);
    expect(step(above, { spareDegrees: 10 }).integral).toBeCloseTo(above.integral + 0.006, 5);
    const stuck = step(at(0.5), { spareDegrees: 30 });
    expect(stuck.integral).toBe(at(0.5).integral);
    const fallen = step(at(0.5), { spareDegrees: -30 });
    expect(fallen.integral).toBe(at(0.5).integral);
  });

  test('keeps between a tenth and what the others leave', () => {
    expect(step(at(0.1), { spareDegrees: -30 }).duty).toBe(0.1);
    expect(step(at(0.6), { spareDegrees: 30, cap: 0.4 }).duty).toBe(0.4);
    expect(step(at(0.1), { aheadDegrees: 9 }).duty).toBe(0.1);
  });

  test('cuts where the temperature runs more than 2 degrees ahead, at most each 5 s', () => {
    expect(step(at(0.8), { aheadDegrees: 2 }).duty).toBe(0.8);
    const cut = step(at(0.8), { aheadDegrees: 2.1 });
    expect(cut.duty).toBeCloseTo(0.68);
    expect(step(cut, { aheadDegrees: 9, nowMs: 104_999 }).duty).toBeCloseTo(0.68);
    expect(step(cut, { aheadDegrees: 9, nowMs: 105_000 }).duty).toBeCloseTo(0.578);
  });

  test('goes on from a cut without a leap', () => {
    const cut = step(at(0.8, 5), { aheadDegrees: 3, spareDegrees: 5 });
    expect(step(cut, { spareDegrees: 5, nowMs: 101_000 }).duty).toBeCloseTo(0.68);
  });

  test('with old samples it rises by 2.5 % each 5 s, and else only cuts', () => {
    const old = { hasOldSamples: true, aheadDegrees: -10, spareDegrees: 20 };
    const risen = step(at(0.5), old);
    expect(risen.duty).toBeCloseTo(0.525, 4);
    expect(step(risen, { ...old, nowMs: 104_999 }).duty).toBeCloseTo(0.525, 4);
    expect(step(risen, { ...old, nowMs: 105_000 }).duty).toBeCloseTo(0.55, 4);
    expect(step(at(0.5), { ...old, mayRise: false }).duty).toBe(0.5);
    expect(step(at(0.5), { ...old, aheadDegrees: 0 }).duty).toBe(0.5);
    expect(step(at(0.5), { ...old, aheadDegrees: 3 }).duty).toBeCloseTo(0.425);
  });

  test('a card that slows itself down takes three tenths', () => {
    expect(cutByCard(at(0.5), FEEL).duty).toBeCloseTo(0.35);
  });
});

describe('the duty of a card', () => {
  test('begins at half, and says that it warms up', () => {
    const scene = heatScene();
    expect(scene.card({ celsius: 40 })).toMatchObject({ duty: 0.5, cause: 'warm-up' });
    const later = scene.hold(30, { celsius: 42 });
    expect(later.duty).toBeGreaterThan(0.7);
    expect(later.duty).toBeLessThanOrEqual(0.8);
    expect(scene.hold(60, { celsius: 44 })).toMatchObject({ duty: 1, cause: 'full' });
  });

  test('the warm-up is over five degrees below the target', () => {
    const scene = heatScene();
    scene.hold(2, { celsius: 60 });
    for (const celsius of [62, 64, 65, 66, 67, 68]) scene.hold(8, { celsius });
    expect(scene.hold(20, { celsius: 69 }).cause).toBe('warm-up');
    expect(scene.hold(20, { celsius: 71 }).cause).toBe('heat');
  });

  test('is never more than policy and the night allow', () => {
    const policy = { ceiling: 0.4, ceilingCause: 'policy' } as const;
    expect(heatScene().card({}, 1000, policy)).toMatchObject({ duty: 0.4, cause: 'policy' });
    const night = warmScene({ isQuiet: true }, 50);
    expect(night.hold(60, { celsius: 50 })).toMatchObject({ duty: 0.6, cause: 'quiet-night' });
    expect(heatScene().card({}, 1000, { ceiling: NaN }).duty).toBe(0);
    expect(heatScene().tick(0, { device: 'cpu', ceiling: 7 }).duty).toBe(1);
  });

  test('does not move while no relay computes', () => {
    const scene = heatScene();
    scene.hold(2, { celsius: 40 });
    const { duty } = scene.card({ celsius: 42 });
    expect(scene.hold(100, { celsius: 42 }, { isServing: false }).duty).toBeCloseTo(duty);
  });

  test('what lets it rise again is not believed for 5 s', () => {
    const scene = heatScene();
    const cpu = { device: 'cpu', gpu: null } as const;
    scene.tick(1000, cpu);
    expect(scene.tick(1000, { ...cpu, ceiling: 0.5 }).duty).toBe(0.5);
    expect(scene.tick(4999, cpu).duty).toBe(0.5);
    expect(scene.tick(1, cpu).duty).toBe(1);
  });

  test('a rise of the temperature is seen before it is there', () => {
    const scene = warmScene({}, 50);
    let celsius = 50;
    const isCut = () => scene.card({ celsius }).next.dutyState.control?.cutAtMs !== null;
    while (!isCut()) celsius++;
    // One degree a second is 8 degrees in 8 s, less what smoothing makes of it.
    expect(celsius).toBe(73);
  });

  test('samples that come more than 2.5 s apart raise it in small steps', () => {
    const riseOf = (beatMs: number) => {
      const scene = warmScene({}, 50);
      const first = scene.card({ celsius: 50 }).duty;
      for (let beat = 0; beat < 12; beat++) scene.card({ celsius: 50 }, beatMs);
      return scene.card({ celsius: 50 }, beatMs).duty - first;
    };
    expect(riseOf(2400)).toBeGreaterThan(0.28);
    expect(riseOf(2600)).toBeLessThan(0.26);
  });

  test('a long gap between two looks counts as five seconds', () => {
    const scene = warmScene({}, 50);
    const { duty } = scene.card({ celsius: 50 });
    const later = scene.card({ celsius: 50 }, 14_000);
    expect(codes(later)).toEqual([]);
    expect(later.duty - duty).toBeLessThan(0.06);
  });
});
