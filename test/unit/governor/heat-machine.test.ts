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
    expect(after).toMatchObject({ duty: 0.5, reasons: [] });
    expect(onCpu(scene, 10, cpu(60)).duty).toBeCloseTo(0.6);
    const fine = heatScene();
    expect(codes(onCpu(fine, 60, cpu(94)))).toEqual([]);
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
