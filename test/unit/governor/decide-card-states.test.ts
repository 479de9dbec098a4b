/** Cards that sleep, fall off the bus, or cannot be told apart, and computers that only seem to be laptops. */
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../electron/governor/decide.ts';
import { ownCard } from '../../../electron/governor/own-card.ts';
import { NOTHING_READ, type GpuReading } from '../../../electron/governor/sensors.ts';
import { CARD, NO_RELAYS, ON_CARD, watch, withCard, type Scene, type Steps } from './scene.ts';

const RUNNING = { relays: { ...NO_RELAYS, away: 1 } };
const NOTHING_TOLD: Partial<GpuReading> = {
  celsius: null,
  watts: null,
  loadPercent: null,
  memoryUsedBytes: null,
  memoryTotalBytes: null,
  foreignLoadPercent: null,
  foreignMemoryBytes: null,
};
const ASLEEP = withCard({ ...NOTHING_TOLD, state: 'asleep' });
const LOST = withCard({ ...NOTHING_TOLD, state: 'lost' });
const codesOf = ({ status }: Decision) => status.reasons.map(({ code }) => code);
const modeOf = (...steps: Steps) => watch(...steps).status.mode;

describe('a card that sleeps', () => {
  test('is cold and unused, so that arming goes on and ends', () => {
    expect(codesOf(watch([0, ASLEEP], [8, ASLEEP]))).toEqual(['arming']);
    const armed = watch([0, ASLEEP], [10, ASLEEP]);
    expect(armed.status).toMatchObject({ mode: 'serving', duty: 0.5, dutyCause: 'warm-up' });
    expect(modeOf([0, ASLEEP], [600, ASLEEP])).toBe('serving');
  });

  test('of an AMD card the first relay waits for a temperature, and the card does not rest for that', () => {
    const asleep = withCard({ ...NOTHING_TOLD, vendor: 'amd', state: 'asleep' });
    const woken = withCard({ vendor: 'amd' });
    const steps: Steps = [
      [0, asleep],
      [20, { ...woken, ...RUNNING }],
    ];
    const computing = watch(...steps, [24, { ...woken, ...RUNNING }]);
    expect(computing).toMatchObject({ pace: 0.1, endsRelays: [] });
    expect(codesOf(computing)).toEqual(['arming']);
    const after = watch(...steps, [24, woken], [30, woken]);
    expect(codesOf(after)).toEqual(['arming']);
    expect(after.wish?.withGpu).toBe(true);
    expect(modeOf(...steps, [24, woken], [44, woken])).toBe('serving');
  });

  test('cannot be asleep while relays compute on it', () => {
    const steps: Steps = [
      [0, ON_CARD],
      [20, { ...ON_CARD, ...RUNNING }],
      [22, { ...ASLEEP, ...RUNNING }],
    ];
    expect(codesOf(watch(...steps, [24, { ...ASLEEP, ...RUNNING }]))).toEqual([]);
    expect(codesOf(watch(...steps, [26, { ...ASLEEP, ...RUNNING }]))).toEqual(['sensor-stale']);
  });

  test('has cooled', () => {
    const hot: Steps = [
      [0, ON_CARD],
      [20, withCard({ celsius: 90 })],
      [24, withCard({ celsius: 90 })],
    ];
    expect(codesOf(watch(...hot))).toEqual(['gpu-hot']);
    expect(codesOf(watch(...hot, [26, ASLEEP], [80, ASLEEP]))).toEqual(['gpu-hot']);
    expect(modeOf(...hot, [26, ASLEEP], [106, ASLEEP])).toBe('serving');
  });
});

describe('a card that fell off the bus', () => {
  const lost: Steps = [
    [0, ON_CARD],
    [20, { ...ON_CARD, ...RUNNING }],
    [22, { ...LOST, ...RUNNING }],
  ];

  test('ends relays and the engine at once', () => {
    const decision = watch(...lost);
    expect(decision).toMatchObject({ release: 'gpu-lost', endsRelays: ['away'], pace: 0 });
    expect(decision.status.reasons[0]).toMatchObject({ code: 'gpu-lost', untilMs: null });
    expect(decision.status.reasons[0]?.detail).toContain('restart the computer');
  });

  test('is not asked again, whatever it would say', () => {
    const later = watch(...lost, [24, LOST], [26, ON_CARD], [4000, ON_CARD]);
    expect(codesOf(later)).toEqual(['gpu-lost']);
    expect(later.wish?.withGpu).toBe(false);
    expect(later.release).toBe('gpu-lost');
  });

  test('until its owner turns earning off and on', () => {
    const off = { ...ON_CARD, isOn: false };
    expect(modeOf(...lost, [24, LOST], [26, off], [28, ON_CARD], [40, ON_CARD])).toBe('serving');
    const again = watch(...lost, [24, LOST], [26, off], [28, LOST], [40, LOST]);
    expect(codesOf(again)).toEqual(['gpu-lost']);
  });

  test('does not matter to the processor', () => {
    expect(modeOf(...lost, [24, LOST], [26, {}])).toBe('serving');
  });
});

describe('a card at its limit', () => {
  const running = (celsius: number) => ({ ...withCard({ celsius }), ...RUNNING });
  const steps: Steps = [
    [0, ON_CARD],
    [20, running(45)],
    [22, running(95)],
  ];

  test('takes the engine with it, also when it is cooler a moment later', () => {
    expect(watch(...steps, [26, running(95)]).release).toBe('gpu-critical');
    expect(watch(...steps, [26, running(45)], [32, running(45)]).release).toBe('gpu-critical');
  });

  test('is left alone while it rests: what its owner does with it then is theirs', () => {
    const rested = watch(...steps, [26, running(95)], [30, ON_CARD], [34, ON_CARD]);
    expect(codesOf(rested)).toContain('gpu-critical');
    expect(rested.release).toBeNull();
    expect(rested.wish?.withGpu).toBe(false);
  });
});

describe('what an owner decides is no flapping', () => {
  test.each([
    ['a pause', { snoozedUntilMs: Infinity }],
    ['off', { isOn: false }],
  ])('%s', (_name, change: Partial<Scene>) => {
    const steps: Steps = [0, 1, 2, 3, 4].flatMap((time) => [
      [time * 60, {}] as const,
      [time * 60 + 30, change] as const,
    ]);
    expect(modeOf(...steps, [300, {}])).toBe('serving');
  });
});

describe('which card computes', () => {
  const at = <Value>(value: Value) => ({ value, atMs: 0, source: 'a test' });
  const own = (...cards: readonly Partial<GpuReading>[]) => {
    const gpus = at(cards.map((each) => ({ ...CARD, name: 'Intel', ...each })));
    const device = { kind: 'gpu', name: 'Intel(R) Arc(TM) A770' } as const;
    return ownCard({ ...NOTHING_READ, gpus }, device).card?.value;
  };
  const BUILT_IN: Partial<GpuReading> = { ...NOTHING_TOLD, id: '0000:00:02.0' };

  test('graphics of the processor do not hide a card’s temperature', () => {
    expect(own(BUILT_IN, { celsius: 70 })).toMatchObject({ id: CARD.id, celsius: 70 });
    expect(own({ celsius: 70 }, BUILT_IN)).toMatchObject({ id: CARD.id, celsius: 70 });
    expect(own(BUILT_IN)).toMatchObject({ id: '0000:00:02.0', celsius: null });
    expect(own({ celsius: 60 }, { ...BUILT_IN, celsius: 80 })?.celsius).toBe(80);
  });

  test('a card of its own that does not tell makes the pair unknown', () => {
    expect(own({ celsius: 60 }, { id: '0000:02:00.0', celsius: null })?.celsius).toBeNull();
  });

  test('one that sleeps beside one that does not computes nothing', () => {
    const asleep: Partial<GpuReading> = { ...NOTHING_TOLD, id: '0000:02:00.0', state: 'asleep' };
    expect(own(asleep, { celsius: 70 })).toMatchObject({ id: CARD.id, celsius: 70 });
    expect(own(asleep, asleep)?.state).toBe('asleep');
  });

  test('one that is lost may be ours', () => {
    const gone: Partial<GpuReading> = { ...NOTHING_TOLD, id: '0000:02:00.0', state: 'lost' };
    expect(own(gone, {})?.state).toBe('lost');
    expect(own({}, gone)?.state).toBe('lost');
    expect(own({}, {})?.state).toBeUndefined();
  });

  test('the worst of both counts, and the sum of what they draw and hold', () => {
    const [one, other] = [
      { celsius: 70, slowdownCelsius: 95, watts: 100, loadPercent: 5, memoryUsedBytes: 1 },
      { celsius: 60, slowdownCelsius: 90, watts: 50, loadPercent: 9, memoryUsedBytes: 2 },
    ] as const;
    expect(own({ ...one, throttle: ['thermal'] }, { ...other, foreignApp: 'x' })).toMatchObject({
      ...{ celsius: 70, slowdownCelsius: 90, watts: 150, loadPercent: 9, memoryUsedBytes: 3 },
      ...{ throttle: ['thermal'], foreignApp: 'x' },
    });
  });
});

describe('a desktop', () => {
  const awake = { settings: { keepsAwake: true } } as const;
  const unread: Partial<Scene> = { ...awake, power: null, unknown: { batteryPercent: 'not yet' } };
  const keeps = (...steps: Steps) => watch(...steps).keepsAwake;

  test('is no laptop because nothing had been read of it at first', () => {
    expect(keeps([0, unread], [2, { ...awake, ...RUNNING }])).toBe(true);
  });

  test('a laptop stays one when its battery can no longer be read', () => {
    const laptop: Partial<Scene> = { ...awake, machine: { batteryPercent: 90 } };
    expect(keeps([0, laptop], [2, { ...awake, ...RUNNING }])).toBe(false);
    const mute = { ...awake, ...RUNNING, unknown: { batteryPercent: 'it does not say' } };
    expect(keeps([0, mute])).toBe(false);
  });

  test('a charge that was low is low until somebody sees it charged', () => {
    const low: Partial<Scene> = { machine: { batteryPercent: 20 } };
    const mute: Partial<Scene> = { unknown: { batteryPercent: 'it does not say' } };
    expect(codesOf(watch([0, low], [2, mute], [600, mute]))).toEqual(['charge-low']);
    expect(modeOf([0, low], [2, mute], [4, { machine: { batteryPercent: 40 } }])).toBe('serving');
    expect(modeOf([0, low], [2, {}])).toBe('serving');
  });
});
