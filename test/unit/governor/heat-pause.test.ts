/** When a card must stand still, and when it may go on. */
import { describe, expect, test } from 'vitest';
import { codes, heatScene, warmScene } from './heat-scene.ts';

describe('too warm', () => {
  test('pauses at the limit, and one degree below it does not', () => {
    const below = warmScene();
    below.hold(2, { celsius: 74 });
    expect(codes(below.hold(3, { celsius: 82 }))).toEqual([]);
    const at = warmScene();
    at.hold(2, { celsius: 74 });
    const verdict = at.hold(2, { celsius: 83 });
    expect(codes(verdict)).toEqual(['gpu-hot']);
    expect(verdict).toMatchObject({ duty: 0, isCritical: false });
    expect(verdict.reasons[0]).toEqual({
      code: 'gpu-hot',
      untilMonotonicMs: at.nowMs() + 60_000,
      detail: '83 °C, limit 83 °C',
    });
  });

  test('a single wild sample is no reason', () => {
    const scene = warmScene();
    expect(codes(scene.card({ celsius: 119 }))).toEqual([]);
    expect(codes(scene.card({ celsius: 60 }))).toEqual([]);
  });

  test('goes on after a minute at half duty, once it was cool for 15 s', () => {
    const scene = warmScene();
    const before = scene.card({ celsius: 60 }).duty;
    scene.hold(2, { celsius: 83 });
    expect(codes(scene.hold(59, { celsius: 65 }))).toEqual(['gpu-hot']);
    // The second sample was the last one over the limit, and one more second passed on its median.
    const verdict = scene.hold(2, { celsius: 65 });
    expect(codes(verdict)).toEqual([]);
    expect(verdict.duty).toBeCloseTo(before / 2, 1);
    expect(verdict.duty).toBeLessThan(before * 0.6);
  });

  test('waits for 15 s of cool, and says from where on', () => {
    const scene = warmScene();
    scene.hold(2, { celsius: 83 });
    const waiting = scene.hold(90, { celsius: 66 });
    expect(waiting.reasons).toEqual([
      { code: 'gpu-hot', untilMonotonicMs: null, detail: '66 °C, goes on at 65 °C' },
    ]);
    scene.card({ celsius: 65 });
    expect(codes(scene.hold(15, { celsius: 65 }))).toEqual(['gpu-hot']);
    expect(codes(scene.hold(1, { celsius: 65 }))).toEqual([]);
  });

  test('at the duty floor, two degrees over the target, it rests ten minutes after one', () => {
    const scene = warmScene();
    let seconds = 0;
    while (scene.card({ celsius: 78 }).duty > 0.1) expect(++seconds).toBeLessThan(200);
    expect(codes(scene.hold(60, { celsius: 78 }))).toEqual([]);
    const rest = scene.hold(1, { celsius: 78 });
    expect(rest.reasons[0]).toMatchObject({
      code: 'gpu-hot',
      untilMonotonicMs: scene.nowMs() + 600_000,
      detail: '78 °C, target 75 °C',
    });
    expect(codes(scene.hold(599, { celsius: 60 }))).toEqual(['gpu-hot']);
    const later = scene.hold(1, { celsius: 60 });
    expect(codes(later)).toEqual([]);
    expect(later.duty).toBe(0.1);
  });

  test('at the floor and only two degrees over, it goes on', () => {
    const scene = warmScene();
    expect(codes(scene.hold(400, { celsius: 77 }))).toEqual([]);
  });

  test('a card that is warm when the watch begins waits until it is cool', () => {
    const warm = heatScene();
    expect(codes(warm.card({ celsius: 66 }))).toEqual(['gpu-hot']);
    expect(codes(warm.hold(20, { celsius: 65 }))).toEqual([]);
    const cool = heatScene();
    expect(codes(cool.card({ celsius: 65 }))).toEqual([]);
  });

  test('memory and hottest spot count as well, a memory of 0 degrees does not', () => {
    const memory = warmScene();
    memory.hold(3, { celsius: 60, memoryCelsius: 84 });
    expect(memory.hold(2, { celsius: 60, memoryCelsius: 95 }).reasons[0]).toMatchObject({
      code: 'gpu-hot',
      detail: 'memory 95 °C, limit 95 °C',
    });
    const junction = warmScene();
    junction.hold(3, { celsius: 60, junctionCelsius: 78, slowdownCelsius: 110 });
    const hot = { celsius: 60, junctionCelsius: 98, slowdownCelsius: 110 };
    expect(junction.hold(2, hot).reasons[0]?.detail).toBe('hottest spot 98 °C, limit 98 °C');
    const none = warmScene();
    expect(codes(none.hold(30, { celsius: 60, memoryCelsius: 0 }))).toEqual([]);
  });
});

describe('in danger', () => {
  test('three degrees below the slowdown, for a quarter of an hour', () => {
    const below = warmScene();
    below.hold(2, { celsius: 80 });
    expect(below.hold(3, { celsius: 91 }).isCritical).toBe(false);
    const scene = warmScene();
    scene.hold(2, { celsius: 80 });
    const verdict = scene.hold(2, { celsius: 92 });
    expect(verdict.isCritical).toBe(true);
    expect(verdict.reasons[0]).toEqual({
      code: 'gpu-critical',
      untilMonotonicMs: scene.nowMs() + 900_000,
      detail: '92 °C, limit 92 °C',
    });
    const after = scene.hold(899, { celsius: 50 });
    expect(codes(after)).toEqual(['gpu-critical']);
    expect(after.isCritical).toBe(false);
    expect(codes(scene.hold(2, { celsius: 50 }))).toEqual([]);
  });

  test('the very first sample ends nobody’s work', () => {
    const scene = heatScene();
    expect(scene.card({ celsius: 110 }).isCritical).toBe(false);
    expect(scene.card({ celsius: 110 }).isCritical).toBe(true);
  });
});

describe('a card that slows itself down', () => {
  test('less duty after 3 s, a pause of two minutes when it happens again within one', () => {
    const scene = warmScene();
    const { duty } = scene.card({ celsius: 60 });
    scene.hold(3, { celsius: 60, throttle: ['thermal'] });
    const cut = scene.hold(1, { celsius: 60, throttle: ['thermal'] });
    expect(cut.duty / duty).toBeGreaterThan(0.69);
    expect(cut.duty / duty).toBeLessThan(0.76);
    expect(cut.cause).toBe('card');
    const held = scene.hold(52, { celsius: 60 });
    expect(held).toMatchObject({ duty: cut.duty, cause: 'card', reasons: [] });
    scene.hold(3, { celsius: 60, throttle: ['power-brake'] });
    const pause = scene.hold(1, { celsius: 60, throttle: ['power-brake'] });
    expect(pause.reasons).toEqual([
      {
        code: 'gpu-throttled',
        untilMonotonicMs: scene.nowMs() + 120_000,
        detail: 'the card slowed itself down twice within a minute',
      },
    ]);
    expect(codes(scene.hold(119, { celsius: 60 }))).toEqual(['gpu-throttled']);
    expect(codes(scene.hold(1, { celsius: 60 }))).toEqual([]);
  });

  test('again after more than a minute is only another cut', () => {
    const scene = warmScene();
    scene.hold(4, { celsius: 60, throttle: ['thermal'] });
    const before = scene.hold(57, { celsius: 60 }).duty;
    const verdict = scene.hold(4, { celsius: 60, throttle: ['thermal'] });
    expect(codes(verdict)).toEqual([]);
    expect(verdict.duty).toBeLessThan(before * 0.76);
  });

  test('a cut has 5 s to take effect, then 3 s more are a pause', () => {
    const scene = warmScene();
    scene.hold(4, { celsius: 60, throttle: ['thermal'] });
    expect(codes(scene.hold(7, { celsius: 60, throttle: ['thermal'] }))).toEqual([]);
    expect(codes(scene.hold(1, { celsius: 60, throttle: ['thermal'] }))).toEqual(['gpu-throttled']);
  });

  test('what somebody else does to the card is not counted', () => {
    const scene = warmScene();
    const card = { celsius: 60, throttle: ['thermal'] } as const;
    expect(codes(scene.hold(90, card, { isServing: false }))).toEqual([]);
  });
});
