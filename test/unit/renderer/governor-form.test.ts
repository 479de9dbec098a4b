/** What the owner types about the governor: exact values, or a sentence beside the field. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { governorSettingsSchema } from '../../../electron/ipc/governor.ts';
import {
  appFault,
  CHEAP_PLAN,
  clockText,
  HOURS_PLAN,
  LIMIT_PLAN,
  parseClock,
  parseWhole,
  PRICE_PLAN,
  TARGET_PLAN,
  WATTS_PLAN,
  worthPlan,
} from '../../../renderer/features/settings/governor-form.ts';
import { formatMicros, parseMicros, typedMicros } from '../../../renderer/format/money.ts';

const SENTENCE = /^[A-Z].*\.$/;
const micros = fc.integer({ min: 0, max: 999_999_999_999_999 });

describe('money of the owner’s currency', () => {
  it('is read back from what is typed for it, to the last millionth', () => {
    fc.assert(
      fc.property(micros, (value) => {
        const text = typedMicros(value);
        expect(parseMicros(text, '0.30')).toEqual({ micros: value, fault: null });
        expect(parseMicros(text.replace('.', ','), '0.30')).toEqual({ micros: value, fault: null });
      }),
    );
  });

  it('is never made from a float', () => {
    expect(parseMicros('0.1', '')).toEqual({ micros: 100_000, fault: null });
    expect(parseMicros('1.005', '')).toEqual({ micros: 1_005_000, fault: null });
    expect(parseMicros('.3', '')).toEqual({ micros: 300_000, fault: null });
    expect(parseMicros('0.30000000', '')).toEqual({ micros: 300_000, fault: null });
  });

  it.each(['', ' ', '-1', '1e3', '0.0000001', '1,000.5', '1.2.3', 'free', '9999999999'])(
    'refuses %j in a sentence',
    (text) => {
      expect(parseMicros(text, '0.30').fault).toMatch(SENTENCE);
    },
  );

  it('is written in cents, and small amounts with three digits', () => {
    expect(formatMicros(12_345_678n, 'EUR')).toBe('12.35 EUR');
    expect(formatMicros(1_234_567_890n, 'EUR')).toBe('1,234.57 EUR');
    expect(formatMicros(89_340n, 'EUR')).toBe('0.0893 EUR');
    expect(formatMicros(300_000n, 'USD')).toBe('0.30 USD');
    expect(formatMicros(-1_200_000n, 'EUR')).toBe('−1.20 EUR');
    expect(formatMicros(0n, 'EUR')).toBe('0.00 EUR');
    expect(formatMicros(999_999n, 'EUR')).toBe('1.00 EUR');
    expect(formatMicros(7n, 'EUR')).toBe('0.000007 EUR');
  });
});

describe('times of day', () => {
  it('are read back from what is typed for them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1440 }), (minute) => {
        expect(parseClock(clockText(minute))).toEqual({ minute, fault: null });
      }),
    );
    expect(parseClock('7')).toEqual({ minute: 420, fault: null });
    expect(parseClock(' 7.30 ')).toEqual({ minute: 450, fault: null });
  });

  it.each(['', '25:00', '24:01', '12:60', '12:5', 'noon', '-1:00'])('refuse %j', (text) => {
    expect(parseClock(text).fault).toMatch(SENTENCE);
  });
});

describe('whole numbers', () => {
  it('keep to their limits', () => {
    expect(parseWhole('50', 50, 90, '°C')).toEqual({ value: 50, fault: null });
    expect(parseWhole(' 90 ', 50, 90, '°C')).toEqual({ value: 90, fault: null });
    for (const text of ['49', '91', '', '7x', '75.5', '-60', '1e2']) {
      expect(parseWhole(text, 50, 90, '°C').fault).toBe('Write a whole number from 50 to 90 °C.');
    }
  });
});

describe('every form', () => {
  const { shape } = governorSettingsSchema;
  const span = fc
    .tuple(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 1440 }))
    .filter(([from, to]) => from !== to)
    .map(([fromMinute, toMinute]) => ({ fromMinute, toMinute }));

  it('reads what it writes, and what it reads is what main takes', () => {
    fc.assert(
      fc.property(span, micros, (hours, price) => {
        expect(HOURS_PLAN.read(HOURS_PLAN.write(hours))).toEqual({ value: hours, faults: null });
        const cheap = { ...hours, microsPerKwh: price };
        expect(CHEAP_PLAN.read(CHEAP_PLAN.write(cheap))).toEqual({ value: cheap, faults: null });
        const tariff = { currency: 'EUR', microsPerKwh: price, cheap };
        expect(shape.tariff.safeParse(tariff).success).toBe(true);
        expect(shape.hours.safeParse(hours).success).toBe(true);
      }),
    );
  });

  it('has limits that main agrees with', () => {
    for (const [plan, schema] of [
      [TARGET_PLAN, shape.targetCelsius],
      [LIMIT_PLAN, shape.powerLimitWatts],
    ] as const) {
      for (let value = 0; value <= 2_100; value += 1) {
        const read = plan.read({ value: String(value) });
        expect(read.faults === null, String(value)).toBe(schema.safeParse(value).success);
      }
    }
  });

  it('says beside each field what is wrong, and has no value then', () => {
    const price = PRICE_PLAN.read({ price: 'x', currency: 'Euro' });
    expect(price.faults?.['price']).toMatch(SENTENCE);
    expect(price.faults?.['currency']).toMatch(SENTENCE);
    expect(price).not.toHaveProperty('value');
    expect(HOURS_PLAN.read({ from: '8', to: '8:00' }).faults?.['to']).toMatch(SENTENCE);
    expect(CHEAP_PLAN.read({ from: '8', to: '25', price: '' }).faults).toHaveProperty('price');
    expect(WATTS_PLAN.read({ idle: '60', serving: '59' }).faults?.['serving']).toMatch(SENTENCE);
    expect(WATTS_PLAN.read({ idle: '', serving: '0' }).faults).toHaveProperty('idle');
    expect(worthPlan('PRAC', 'EUR').read({ value: '' }).faults?.['value']).toMatch(SENTENCE);
  });

  it('takes a currency in small letters', () => {
    expect(PRICE_PLAN.read({ price: '0,30', currency: ' eur ' })).toEqual({
      value: { currency: 'EUR', microsPerKwh: 300_000 },
      faults: null,
    });
  });
});

describe('lists of programs', () => {
  it('take each once, and none without a name', () => {
    expect(appFault('Blender', [])).toBeNull();
    expect(appFault('blender ', ['Blender'])).toMatch(SENTENCE);
    expect(appFault('  ', [])).toMatch(SENTENCE);
    expect(appFault('x'.repeat(101), [])).toMatch(SENTENCE);
    const full = Array.from({ length: 50 }, (_unused, index) => `program ${String(index)}`);
    expect(appFault('one more', full)).toMatch(SENTENCE);
  });
});
