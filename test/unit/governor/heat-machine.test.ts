/** Heat of the processor and the battery, and what the system says of itself. */
import { describe, expect, test } from 'vitest';
import type { HeatInput } from '../../../electron/governor/heat.ts';
import type { Reading } from '../../../electron/governor/sensors.ts';
import { codes, heatScene, type HeatScene } from './heat-scene.ts';

type Machine = Partial<HeatInput>;

/** One judgement a second on a processor, with readings of just now. */
function onCpu(scene: HeatScene, seconds: number, told: (nowMs: number) => Machine) {
  const judge = () => scene.tick(1000, { device: 'cpu', gpu: null, ...told(scene.nowMs() + 1000) });
  let verdict = judge();
  for (let second = 1; second < seconds; second++) verdict = judge();
  return verdict;
}

function at<Value>(value: Value, atMs: number): Reading<Value> {
  return { value, atMs, source: 'a test' };
}

const cpu = (celsius: number) => (nowMs: number) => ({
  cpuCelsius: at(celsius, nowMs),
  cpuLimitCelsius: at(100, nowMs),
});
const battery = (celsius: number) => (nowMs: number) => ({ batteryCelsius: at(celsius, nowMs) });

describe('a processor', () => {
  test('begins at once and at all that policy allows, whether its temperature is known or not', () => {
    const verdict = heatScene().tick(0, { device: 'cpu', ceiling: 0.5, ceilingCause: 'policy' });
    expect(verdict).toMatchObject({ duty: 0.5, cause: 'policy', reasons: [] });
    expect(heatScene().tick(0, { device: 'cpu' })).toMatchObject({ duty: 1, cause: 'full' });
  });

  test('pauses after 10 s within 5 degrees of its own limit', () => {
    const scene = heatScene();
    onCpu(scene, 2, cpu(60));
    expect(codes(onCpu(scene, 10, cpu(95)))).toEqual([]);
    const hot = onCpu(scene, 1, cpu(95));
    expect(hot.reasons).toEqual([
      { code: 'cpu-hot', untilMonotonicMs: scene.nowMs() + 60_000, detail: '95 °C, limit 95 °C' },
    ]);
    expect(codes(onCpu(scene, 59, cpu(85)))).toEqual(['cpu-hot']);
    const after = onCpu(scene, 1, cpu(85));
    expect(after.reasons).toEqual([]);
    // It had been slowed down already, and goes on with half of that.
    expect(after.duty).toBeCloseTo(0.457);
    expect(onCpu(scene, 10, cpu(60)).duty).toBeCloseTo(after.duty + 0.1);
    const fine = heatScene();
    expect(codes(onCpu(fine, 60, cpu(94)))).toEqual([]);
  });

  test('one that lives at its limit is held ten degrees below it, without a pause', () => {
    const scene = heatScene();
    let celsius = 50;
    let duty = 1;
    let least = 1;
    for (let second = 0; second < 3600; second++) {
      const verdict = onCpu(scene, 1, cpu(Math.round(celsius)));
      expect(codes(verdict)).toEqual([]);
      ({ duty } = verdict);
      least = Math.min(least, duty);
      celsius += (35 + 63 * duty - celsius) / 20;
    }
    expect(celsius).toBeGreaterThan(89);
    expect(celsius).toBeLessThan(91);
    expect(duty).toBeCloseTo(55 / 63, 1);
    expect(least).toBeGreaterThan(0.7);
    expect(onCpu(scene, 1, cpu(90)).cause).toBe('heat');
  });

  test('is held by what it tells over some seconds, and not by what it does not tell', () => {
    const scene = heatScene();
    onCpu(scene, 10, cpu(89));
    expect(onCpu(scene, 1, cpu(93)).duty).toBe(1);
    expect(onCpu(scene, 2, cpu(93)).duty).toBeLessThan(0.97);
    const unlimited = heatScene();
    const told = (nowMs: number) => ({ cpuCelsius: at(99, nowMs) });
    expect(onCpu(unlimited, 60, told).duty).toBe(1);
    const broken = heatScene();
    expect(onCpu(broken, 60, cpu(NaN)).duty).toBe(1);
  });

  test('of what policy took away all is there again at once', () => {
    const scene = heatScene();
    const told = (nowMs: number) => ({ ...cpu(50)(nowMs), ceiling: 0.5 });
    expect(onCpu(scene, 60, told).duty).toBe(0.5);
    expect(onCpu(scene, 6, cpu(50)).duty).toBe(1);
  });

  test('after a pause a long gap between two looks counts as five seconds', () => {
    const scene = heatScene();
    onCpu(scene, 1, () => ({}));
    onCpu(scene, 1, (nowMs) => ({ thermalState: at('serious', nowMs) }));
    const { duty } = onCpu(scene, 301, () => ({}));
    expect(duty).toBeCloseTo(0.51);
    expect(scene.tick(14_000, { device: 'cpu', gpu: null }).duty).toBeCloseTo(duty + 0.05);
  });

  test('reasons of a card do not stand in its way, but in the card’s', () => {
    const scene = heatScene();
    scene.hold(4, { celsius: 120 });
    expect(codes(onCpu(scene, 1, cpu(50)))).toEqual([]);
    expect(codes(scene.card({ celsius: 40 }))).toContain('gpu-critical');
    const hot = heatScene();
    onCpu(hot, 12, cpu(95));
    expect(codes(hot.card({ celsius: 40 }))).toContain('cpu-hot');
  });

  test('waits until it is 15 degrees below', () => {
    const scene = heatScene();
    onCpu(scene, 12, cpu(95));
    expect(codes(onCpu(scene, 90, cpu(86)))).toEqual(['cpu-hot']);
    expect(codes(onCpu(scene, 1, cpu(85)))).toEqual([]);
  });

  test('is nobody’s matter while nothing of ours computes on it', () => {
    const idle = heatScene();
    const told = (nowMs: number) => ({ ...cpu(99)(nowMs), isServing: false });
    expect(codes(onCpu(idle, 30, told))).toEqual([]);
    const onCard = heatScene();
    const now = onCard.nowMs();
    expect(codes(onCard.hold(20, { celsius: 40 }, cpu(99)(now + 15_000)))).toEqual([]);
  });

  test('readings of half a minute ago say nothing', () => {
    const scene = heatScene();
    const old = (age: number) => (nowMs: number) => ({ batteryCelsius: at(45, nowMs - age) });
    expect(codes(onCpu(scene, 1, old(30_000)))).toEqual([]);
    expect(codes(onCpu(scene, 1, old(29_999)))).toEqual(['battery-hot']);
  });
});

describe('a battery', () => {
  test('pauses at 40 degrees and goes on after five minutes at 37', () => {
    const scene = heatScene();
    expect(codes(onCpu(scene, 5, battery(39.9)))).toEqual([]);
    expect(onCpu(scene, 1, battery(40)).reasons).toEqual([
      {
        code: 'battery-hot',
        untilMonotonicMs: scene.nowMs() + 300_000,
        detail: '40 °C, limit 40 °C',
      },
    ]);
    expect(codes(onCpu(scene, 400, battery(37.1)))).toEqual(['battery-hot']);
    expect(codes(onCpu(scene, 300, battery(37)))).toEqual(['battery-hot']);
    expect(codes(onCpu(scene, 1, battery(37)))).toEqual([]);
  });

  test('one that was taken out is waited for no longer than that', () => {
    const scene = heatScene();
    onCpu(scene, 1, battery(40));
    expect(codes(onCpu(scene, 299, () => ({})))).toEqual(['battery-hot']);
    expect(codes(onCpu(scene, 1, () => ({})))).toEqual([]);
  });
});

describe('the system', () => {
  type State = 'nominal' | 'fair' | 'serious' | 'critical';
  const state = (value: State) => (nowMs: number) => ({ thermalState: at(value, nowMs) });
  const speed = (value: number) => (nowMs: number) => ({ cpuSpeedPercent: at(value, nowMs) });

  test('fair is half of the time', () => {
    expect(onCpu(heatScene(), 1, state('nominal'))).toMatchObject({ duty: 1, cause: 'full' });
    expect(onCpu(heatScene(), 1, state('fair'))).toMatchObject({ duty: 0.5, cause: 'system' });
  });

  test('a processor that is held back is warm', () => {
    expect(onCpu(heatScene(), 1, speed(99))).toMatchObject({ duty: 0.5, cause: 'system' });
    expect(onCpu(heatScene(), 1, speed(100))).toMatchObject({ duty: 1, cause: 'full' });
  });

  test('serious is a pause of five minutes', () => {
    const scene = heatScene();
    const verdict = onCpu(scene, 1, state('serious'));
    expect(verdict).toMatchObject({ duty: 0, isCritical: false });
    expect(verdict.reasons[0]).toMatchObject({
      code: 'system-hot',
      untilMonotonicMs: scene.nowMs() + 300_000,
    });
    expect(codes(onCpu(scene, 299, state('nominal')))).toEqual(['system-hot']);
    expect(codes(onCpu(scene, 1, state('nominal')))).toEqual([]);
  });

  test('critical ends everything, for a quarter of an hour', () => {
    const scene = heatScene();
    expect(onCpu(scene, 1, state('critical'))).toMatchObject({ duty: 0, isCritical: true });
    const after = onCpu(scene, 899, state('nominal'));
    expect(after).toMatchObject({ isCritical: false, reasons: [{ code: 'system-hot' }] });
    expect(codes(onCpu(scene, 1, state('nominal')))).toEqual([]);
  });
});
