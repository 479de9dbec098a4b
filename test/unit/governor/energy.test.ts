/** Watts over time as whole milliwatt-seconds, and what they cost by tariff. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEnergyBook, type EnergyMoment } from '../../../electron/governor/energy-book.ts';
import {
  awakeMicrosPerMonth,
  costUnitsOf,
  createMeter,
  DOUBT_PERCENT,
  drawOf,
  isInSpan,
  microsOf,
  nextIdle,
  priceAt,
  type Tariff,
} from '../../../electron/governor/energy.ts';

const NIGHT = { fromMinute: 1320, toMinute: 360, microsPerKwh: 100_000 };
const TARIFF: Tariff = { currency: 'EUR', microsPerKwh: 300_000, cheap: NIGHT };
const SENSOR = { idleMilliwatts: 20_000, measuredWatts: null, hasWork: true };
const HOUR_MS = 3_600_000;

describe('what is drawn for serving', () => {
  it('is the card above its idle draw, through the power supply', () => {
    // The note's example: (280 - 20) / 0.88 = 295 W.
    const draw = drawOf({ ...SENSOR, cardWatts: 280 });
    expect(draw).toEqual({ source: 'sensor', milliwatts: 295_455n });
    expect(drawOf({ ...SENSOR, cardWatts: 280, idleMilliwatts: null })?.milliwatts).toBe(318_182n);
    expect(drawOf({ ...SENSOR, cardWatts: 15 })?.milliwatts).toBe(0n);
    for (const cardWatts of [null, NaN, Infinity, 0, -3]) {
      expect(drawOf({ ...SENSOR, cardWatts })).toBeNull();
    }
  });

  it("is the owner's two figures without the power supply, and nothing between relays", () => {
    const measuredWatts = { idle: 60, serving: 360 };
    const draw = drawOf({ ...SENSOR, cardWatts: 280, measuredWatts });
    expect(draw).toEqual({ source: 'plug', milliwatts: 300_000n });
    expect(drawOf({ ...SENSOR, cardWatts: 280, measuredWatts, hasWork: false })?.milliwatts).toBe(
      0n,
    );
    const odd = { idle: 400, serving: 360 };
    expect(drawOf({ ...SENSOR, cardWatts: 280, measuredWatts: odd })?.milliwatts).toBe(0n);
  });

  it('is uncertain by 15 percent, by 5 from the plug', () => {
    expect(DOUBT_PERCENT).toEqual({ sensor: 15n, plug: 5n });
  });

  it('learns the idle draw downwards at once and upwards slowly', () => {
    expect(nextIdle(null, 20)).toBe(20_000);
    expect(nextIdle(20_000, 12)).toBe(12_000);
    expect(nextIdle(20_000, 20.064)).toBe(20_001);
    expect(nextIdle(20_000, 84)).toBe(21_000);
    expect(nextIdle(20_000, null)).toBe(20_000);
  });
});

describe('a meter', () => {
  it('loses nothing, however the time is cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 100 }),
        (milliwatts, parts) => {
          const meter = createMeter();
          const draw = { source: 'sensor', milliwatts: BigInt(milliwatts) } as const;
          const sum = parts.reduce((total, ms) => total + meter.add(draw, ms), 0n);
          const whole = BigInt(milliwatts) * BigInt(parts.reduce((a, b) => a + b, 0));
          expect(sum).toBe(whole / 1000n);
        },
      ),
    );
  });

  it('keeps its two sources apart', () => {
    const meter = createMeter();
    expect(meter.add({ source: 'sensor', milliwatts: 1n }, 999)).toBe(0n);
    expect(meter.add({ source: 'plug', milliwatts: 1n }, 1)).toBe(0n);
    expect(meter.add({ source: 'sensor', milliwatts: 1n }, 1)).toBe(1n);
  });
});

describe('a tariff', () => {
  it('has cheap hours over midnight, from their first minute to before their last', () => {
    const at = (minute: number) => priceAt(TARIFF, minute);
    expect([1319, 1320, 1439, 0, 359, 360].map(at)).toEqual([
      ...[300_000n, 100_000n, 100_000n, 100_000n, 100_000n, 300_000n],
    ]);
    expect(isInSpan({ fromMinute: 60, toMinute: 120 }, 119)).toBe(true);
    expect(isInSpan({ fromMinute: 60, toMinute: 120 }, 120)).toBe(false);
    expect(isInSpan({ fromMinute: 60, toMinute: 60 }, 60)).toBe(false);
    expect(isInSpan({ fromMinute: 0, toMinute: 1440 }, 1439)).toBe(true);
    expect(priceAt({ ...TARIFF, cheap: null }, 0)).toBe(300_000n);
  });

  it('rounds up, once', () => {
    // 295.455 W for an hour at 0.30 per kWh.
    const energy = 295_455n * 3600n;
    expect(microsOf(energy * 300_000n)).toBe(88_637n);
    expect(microsOf(1n)).toBe(1n);
    expect(microsOf(0n)).toBe(0n);
  });

  it('prices what was used before it at the price of the day', () => {
    const used = { hour: 1, source: 'sensor', milliwattSeconds: 7n, costUnits: 9n } as const;
    expect(costUnitsOf({ ...used, currency: 'EUR' }, TARIFF)).toBe(9n);
    expect(costUnitsOf({ ...used, currency: '' }, TARIFF)).toBe(2_100_000n);
  });

  it('says what staying awake costs in a month', () => {
    // 60 W for 720 h: 480 of them at 0.30 and 240 at 0.10.
    expect(awakeMicrosPerMonth(60, TARIFF)).toBe(10_080_000n);
  });
});

describe('the hours', () => {
  const at = (s: number, rest: Partial<EnergyMoment> = {}): EnergyMoment => ({
    ...{ monotonicMs: s * 1000, localMs: 12 * HOUR_MS + s * 1000, isOffered: true, hasWork: true },
    ...{ cardWatts: 108, isArming: false, settings: { tariff: TARIFF, measuredWatts: null } },
    ...rest,
  });
  const book = () => createEnergyBook({ served: [], energy: [], idleMilliwatts: 20_000 });

  it('count what held since the last moment, with the price of the hour', () => {
    const one = book();
    for (let s = 0; s <= 10; s++) one.note(at(s));
    expect(one.served()).toEqual([
      { hour: 12, offeredMs: 10_000, workedMs: 10_000, measuredMs: 10_000 },
    ]);
    // (108 - 20) / 0.88 = 100 W for 10 s.
    expect(one.energy()).toMatchObject([
      { currency: 'EUR', milliwattSeconds: 1_000_000n, costUnits: 300_000_000_000n },
    ]);
  });

  it('count offered time without work, but nothing while relays cannot come', () => {
    const one = book();
    one.note(at(0, { hasWork: false }));
    one.note(at(5, { isOffered: false }));
    one.note(at(9));
    expect(one.served()).toMatchObject([{ offeredMs: 5_000, workedMs: 0, measuredMs: 0 }]);
    expect(one.energy()).toMatchObject([{ milliwattSeconds: 500_000n }]);
  });

  it('believe a card for ten seconds, a plug until the next moment, and nobody over a sleep', () => {
    const card = book();
    card.note(at(0));
    card.note(at(30));
    expect(card.served()).toMatchObject([{ workedMs: 30_000, measuredMs: 10_000 }]);
    const plug = book();
    const settings = { tariff: null, measuredWatts: { idle: 50, serving: 150 } };
    plug.note(at(0, { settings }));
    plug.note(at(30, { settings }));
    expect(plug.energy()).toMatchObject([
      { source: 'plug', currency: '', milliwattSeconds: 3_000_000n },
    ]);
    const slept = book();
    slept.note(at(0));
    slept.note(at(90.001));
    expect(slept.served()).toEqual([]);
    const awake = book();
    awake.note(at(0));
    awake.note(at(90));
    expect(awake.served()).toMatchObject([{ workedMs: 90_000 }]);
  });

  it('learn the idle draw only before anything computes', () => {
    const one = book();
    one.note(at(0, { cardWatts: 10 }));
    expect(one.idleMilliwatts()).toBe(20_000);
    one.note(at(1, { cardWatts: 10, isArming: true }));
    expect(one.idleMilliwatts()).toBe(10_000);
  });

  it('are written once, and again when they changed', () => {
    const one = book();
    one.note(at(0));
    one.note(at(1));
    expect(one.unsaved().energy).toHaveLength(1);
    one.saved();
    expect(one.unsaved()).toEqual({ served: [], energy: [] });
    one.note(at(2));
    expect(one.unsaved().served).toHaveLength(1);
    one.forget(13);
    expect(one.served()).toEqual([]);
  });
});
