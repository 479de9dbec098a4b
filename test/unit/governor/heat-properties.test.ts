/** What holds for whatever the sensors say, however wild. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judgeHeat,
  type HeatConfig,
  type HeatInput,
  type HeatState,
} from '../../../electron/governor/heat.ts';
import type { Reading } from '../../../electron/governor/sensors.ts';
import { readingOf } from '../../fakes/plant.ts';
import { inputOf } from '../../fakes/plant-run.ts';

const degrees = fc.oneof(
  fc.integer({ min: 30, max: 95 }),
  fc.constantFrom(0, -1, 121, 255, NaN, Infinity, 83, 92),
);
const perhaps = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null, freq: 5 });
/** Behind the moment of the judgement; negative is the future. */
const age = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -2000, max: 40_000 }) },
);

const look = fc.record({
  afterMs: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: 200, max: 2500 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 6000, 20_000, 700_000, -3000, -50_000, NaN) },
  ),
  celsius: perhaps(degrees),
  junction: perhaps(degrees),
  memory: perhaps(degrees),
  slowdown: perhaps(degrees),
  cpu: perhaps(degrees),
  battery: perhaps(fc.integer({ min: 20, max: 45 })),
  state: perhaps(fc.constantFrom('nominal', 'nominal', 'nominal', 'fair', 'serious', 'critical')),
  speed: perhaps(fc.constantFrom(100, 100, 80, NaN)),
  throttle: fc.constantFrom([], [], [], ['thermal' as const]),
  vendor: fc.constantFrom('nvidia' as const, 'amd' as const),
  age,
  hasGpu: fc.boolean(),
  isServing: fc.boolean(),
  ceiling: fc.constantFrom(1, 1, 0.5, 0.05, 0, NaN),
});
type Look = typeof look extends fc.Arbitrary<infer Value> ? Value : never;

/** A trace of which most is calm, so that duty is above 0 for long. */
const trace = fc.record({
  config: fc.record({
    targetCelsius: perhaps(fc.integer({ min: 50, max: 90 })),
    isLaptop: fc.boolean(),
    isQuiet: fc.boolean(),
    servesWithoutHeat: fc.boolean(),
  }),
  device: fc.constantFrom('gpu' as const, 'gpu' as const, 'cpu' as const),
  calm: fc.integer({ min: 0, max: 20 }),
  looks: fc.array(look, { maxLength: 40 }),
});

function at<Value>(value: Value | null, atMs: number): Reading<Value> | null {
  return value === null ? null : { value, atMs, source: 'a test' };
}

function inputFrom(one: Look, device: HeatInput['device'], nowMs: number): HeatInput {
  const atMs = nowMs - one.age;
  const card = {
    celsius: one.celsius,
    junctionCelsius: one.junction,
    memoryCelsius: one.memory,
    slowdownCelsius: one.slowdown,
    throttle: one.throttle,
    vendor: one.vendor,
  };
  return {
    ...inputOf(device === 'gpu' && one.hasGpu ? readingOf(card, atMs) : null, nowMs),
    device,
    cpuCelsius: at(one.cpu, atMs),
    cpuLimitCelsius: at(95, atMs),
    batteryCelsius: at(one.battery, atMs),
    thermalState: at(one.state, atMs),
    cpuSpeedPercent: at(one.speed, atMs),
    isServing: one.isServing,
    ceiling: one.ceiling,
  };
}

function inputsOf({ calm, looks, device }: typeof trace extends fc.Arbitrary<infer V> ? V : never) {
  const inputs: HeatInput[] = [];
  let nowMs = 5_000_000;
  for (let second = 0; second < calm; second++) {
    nowMs += 1000;
    inputs.push({ ...inputOf(readingOf({ celsius: 50 + second }, nowMs), nowMs), device });
  }
  for (const one of looks) {
    nowMs += Number.isFinite(one.afterMs) ? one.afterMs : 0;
    const input = inputFrom(one, device, nowMs);
    inputs.push(Number.isFinite(one.afterMs) ? input : { ...input, nowMs: NaN });
  }
  return inputs;
}

function judgeAll(inputs: readonly HeatInput[], config: HeatConfig) {
  let state: HeatState | null = null;
  return inputs.map((input) => {
    const verdict = judgeHeat(state, input, config);
    state = verdict.next;
    return { input, verdict };
  });
}

describe('whatever the sensors say', () => {
  test('the duty is within its limits, and 0 as long as a reason stands', () => {
    fc.assert(
      fc.property(trace, (given) => {
        for (const { input, verdict } of judgeAll(inputsOf(given), given.config)) {
          expect(verdict.duty).toBeGreaterThanOrEqual(0);
          expect(verdict.duty).toBeLessThanOrEqual(input.ceiling > 0 ? input.ceiling : 0);
          if (verdict.reasons.length > 0 || verdict.isCritical) expect(verdict.duty).toBe(0);
          if (verdict.isCritical) expect(verdict.reasons).not.toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('it does not rise within 5 s of a fall', () => {
    fc.assert(
      fc.property(trace, (given) => {
        let fellAtMs = -Infinity;
        let before = { duty: 0, atMs: -Infinity };
        for (const { verdict } of judgeAll(inputsOf(given), given.config)) {
          const { duty, next } = verdict;
          if (next.atMs < before.atMs) fellAtMs = next.atMs;
          if (duty > before.duty) expect(next.atMs - fellAtMs).toBeGreaterThanOrEqual(5000);
          if (duty < before.duty) fellAtMs = next.atMs;
          before = { duty, atMs: next.atMs };
        }
      }),
      { numRuns: 400 },
    );
  });

  test('each reason says until when, or what it waits for; each code once, the worst first', () => {
    fc.assert(
      fc.property(trace, (given) => {
        for (const { verdict } of judgeAll(inputsOf(given), given.config)) {
          for (const reason of verdict.reasons) {
            const until = reason.untilMonotonicMs ?? Infinity;
            expect(until).toBeGreaterThan(verdict.next.atMs);
            if (until === Infinity) expect(reason.detail).not.toBeNull();
            else expect(until - verdict.next.atMs).toBeLessThanOrEqual(1_800_000);
          }
          const codes = verdict.reasons.map(({ code }) => code);
          expect(new Set(codes).size).toBe(codes.length);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('a trace is judged again from what was written down', () => {
    fc.assert(
      fc.property(trace, (given) => {
        let written = 'null';
        for (const { input, verdict } of judgeAll(inputsOf(given), given.config)) {
          const state = JSON.parse(written) as HeatState | null;
          const again = judgeHeat(state, input, given.config);
          expect(again).toEqual(verdict);
          written = JSON.stringify(verdict.next);
          expect(JSON.parse(written)).toEqual(verdict.next);
        }
      }),
      { numRuns: 100 },
    );
  });
});
