/** Temperatures that are old, missing, impossible, or never move. */
import { describe, expect, test } from 'vitest';
import type { HeatInput } from '../../../electron/governor/heat.ts';
import { codes, heatScene, warmScene } from './heat-scene.ts';

describe('a temperature that grows old', () => {
  test('3 s: little duty; 6 s: none, and its age is told', () => {
    const scene = warmScene();
    expect(scene.tick(2999)).toMatchObject({ cause: 'warm-up', reasons: [] });
    expect(scene.tick(1)).toMatchObject({ duty: 0.3, cause: 'unseen-heat', reasons: [] });
    expect(scene.tick(2999)).toMatchObject({ duty: 0.3, reasons: [] });
    const stale = scene.tick(1);
    expect(stale.reasons).toEqual([
      {
        code: 'sensor-stale',
        untilMonotonicMs: scene.nowMs() + 5000,
        detail: 'last temperature 6 s ago',
      },
    ]);
    expect(stale.duty).toBe(0);
    expect(codes(scene.card({ celsius: 60 }, 1000))).toEqual(['sensor-stale']);
    expect(codes(scene.hold(3, { celsius: 60 }))).toEqual(['sensor-stale']);
    expect(codes(scene.hold(1, { celsius: 60 }))).toEqual([]);
  });

  test('a driver that is slow by nature is late later, but not after 5.5 s', () => {
    const slow = warmScene();
    for (let beat = 0; beat < 30; beat++) slow.card({ celsius: 60 }, 4000);
    expect(slow.tick(4700).cause).not.toBe('unseen-heat');
    expect(slow.tick(200).cause).toBe('unseen-heat');
    const slower = warmScene();
    for (let beat = 0; beat < 30; beat++) slower.card({ celsius: 60 }, 5400);
    expect(slower.tick(5499).cause).not.toBe('unseen-heat');
    expect(slower.tick(1).cause).toBe('unseen-heat');
  });

  test('samples from the future are none', () => {
    const scene = warmScene();
    scene.card({ celsius: 60 });
    expect(codes(scene.tick(-1))).toEqual(['arming']);
  });
});

describe('a temperature that is not there', () => {
  const muted: Partial<HeatInput> = { gpu: null, whyUnknown: 'nvidia-smi: not found' };

  test('is awaited for 6 s, and then it is missing', () => {
    const scene = heatScene();
    expect(codes(scene.tick(0, muted))).toEqual(['arming']);
    expect(codes(scene.tick(5999, muted))).toEqual(['arming']);
    const missing = scene.tick(1, muted);
    expect(missing).toMatchObject({ duty: 0, limits: { targetCelsius: null } });
    expect(missing.reasons[0]).toMatchObject({
      code: 'sensor-missing',
      detail: 'nvidia-smi: not found',
    });
  });

  test('a card that answers without one is missing it at once', () => {
    const verdict = heatScene().card({ celsius: null });
    expect(verdict.reasons[0]).toMatchObject({
      code: 'sensor-missing',
      detail: 'the card’s driver tells no temperature',
    });
  });

  test('with the owner’s consent a desktop computes half of the time, a laptop never', () => {
    const desktop = heatScene({ servesWithoutHeat: true });
    expect(desktop.hold(3, { celsius: null })).toMatchObject({
      duty: 0.5,
      cause: 'unseen-heat',
      reasons: [],
    });
    const laptop = heatScene({ servesWithoutHeat: true, isLaptop: true });
    expect(codes(laptop.hold(3, { celsius: null }))).toEqual(['sensor-missing']);
  });

  test('consent is not for a temperature that got stale', () => {
    const scene = warmScene({ servesWithoutHeat: true });
    expect(codes(scene.tick(6000))).toEqual(['sensor-stale']);
  });

  test('a card that is gone is stale without a word, and missing with one', () => {
    const silent = warmScene();
    expect(codes(silent.tick(6000, { gpu: null }))).toEqual(['sensor-stale']);
    const told = warmScene();
    expect(codes(told.tick(6000, muted))).toEqual(['sensor-missing']);
  });

  test('the first 15 s of an AMD card that was asleep are not believed', () => {
    const amd = { vendor: 'amd', celsius: 95, slowdownCelsius: 110 } as const;
    const scene = heatScene();
    expect(codes(scene.hold(15, amd))).toEqual(['arming']);
    const calm = { ...amd, celsius: 50 };
    expect(codes(scene.card(calm, 999))).toEqual(['arming']);
    scene.hold(1, calm);
    expect(codes(scene.hold(5, calm))).toEqual([]);
    const nvidia = heatScene();
    expect(codes(nvidia.hold(3, { celsius: 80 }))).toEqual(['gpu-hot']);
  });

  test('after 15 s without a judgement everything begins anew', () => {
    const kept = warmScene();
    expect(codes(kept.tick(15_000))).toEqual(['sensor-stale']);
    const rested = warmScene();
    expect(codes(rested.tick(15_001))).toEqual(['arming']);
  });
});

describe('a temperature that cannot be', () => {
  test.each([
    ['0', 0],
    ['below', -5],
    ['above 120', 121],
    ['no number', NaN],
  ])('%s: unseen at first, a lie after ten', (_name, celsius) => {
    const scene = warmScene();
    expect(codes(scene.hold(5, { celsius }))).toEqual([]);
    expect(codes(scene.hold(4, { celsius }))).toEqual(['sensor-stale']);
    const lie = scene.hold(1, { celsius });
    expect(codes(lie)).toEqual(['sensor-stale', 'sensor-lying']);
    expect(lie.reasons[1]?.untilMonotonicMs).toBe(scene.nowMs() + 1_800_000);
  });

  test('1 and 120 degrees can be', () => {
    const cold = heatScene();
    expect(codes(cold.hold(12, { celsius: 1 }))).toEqual([]);
    const hot = heatScene();
    hot.hold(12, { celsius: 120 });
    expect(codes(hot.hold(1, { celsius: 120 }))).toEqual(['gpu-critical', 'gpu-hot']);
  });

  test('jumps of more than 15 degrees a second', () => {
    const jumping = heatScene();
    for (let pair = 0; pair < 5; pair++) {
      jumping.card({ celsius: 30 });
      jumping.card({ celsius: 46 });
    }
    expect(codes(jumping.card({ celsius: 30 }))).toEqual(['sensor-lying']);
    const lively = heatScene();
    for (let pair = 0; pair < 20; pair++) {
      lively.card({ celsius: 30 });
      lively.card({ celsius: 45 });
    }
    expect(codes(lively.card({ celsius: 30 }))).toEqual([]);
  });

  test('a good sample forgives a fifth of a bad one', () => {
    const bad = { celsius: 0 };
    const forgiven = warmScene();
    for (let round = 0; round < 12; round++) {
      forgiven.card(bad);
      forgiven.hold(5, { celsius: 60 });
    }
    expect(codes(forgiven.card({ celsius: 60 }))).toEqual([]);
    const worse = warmScene();
    for (let round = 0; round < 45; round++) {
      worse.card(bad);
      worse.hold(3, { celsius: 60 });
    }
    expect(codes(worse.card({ celsius: 60 }))).toContain('sensor-lying');
  });

  test('is asked again half an hour later', () => {
    const scene = warmScene();
    scene.hold(10, { celsius: 0 });
    expect(codes(scene.hold(1799, { celsius: 60 }))).toEqual(['sensor-lying']);
    expect(codes(scene.hold(1, { celsius: 60 }))).toEqual([]);
  });
});

describe('a temperature that never moves', () => {
  const still = { celsius: 40 };

  test('is frozen after a minute of work at half duty', () => {
    const scene = heatScene();
    expect(codes(scene.hold(60, still, { ceiling: 0.5 }))).toEqual([]);
    const frozen = scene.hold(1, still, { ceiling: 0.5 });
    expect(frozen.reasons).toEqual([
      {
        code: 'sensor-frozen',
        untilMonotonicMs: scene.nowMs() + 1_800_000,
        detail: 'stays at 40 °C under load',
      },
    ]);
    expect(codes(scene.hold(1799, still))).toEqual(['sensor-frozen']);
    expect(codes(scene.hold(1, still))).toEqual([]);
  });

  test('less duty needs more time', () => {
    const scene = heatScene();
    expect(codes(scene.hold(120, still, { ceiling: 0.25 }))).toEqual([]);
    expect(codes(scene.hold(1, still, { ceiling: 0.25 }))).toEqual(['sensor-frozen']);
  });

  test('two degrees are enough, one is not', () => {
    const alive = heatScene();
    alive.hold(3, { celsius: 42 });
    expect(codes(alive.hold(120, still))).toEqual([]);
    const one = heatScene();
    one.hold(3, { celsius: 41 });
    expect(codes(one.hold(70, still))).toEqual(['sensor-frozen']);
  });

  test('a card that moved once may hold its temperature for ever', () => {
    const scene = warmScene();
    expect(codes(scene.hold(3600, { celsius: 60 }))).toEqual([]);
  });

  test('while nothing computes, or only now and then, nobody can tell', () => {
    const idle = heatScene();
    expect(codes(idle.hold(600, still, { isServing: false }))).toEqual([]);
    const little = heatScene();
    expect(codes(little.hold(600, { ...still, loadPercent: 19 }))).toEqual([]);
    const busy = heatScene();
    expect(codes(busy.hold(70, { ...still, loadPercent: 20 }))).toEqual(['sensor-frozen']);
    const bursts = heatScene();
    for (let burst = 0; burst < 10; burst++) {
      bursts.hold(50, still);
      bursts.hold(1, still, { isServing: false });
    }
    expect(codes(bursts.card(still))).toEqual([]);
  });
});
