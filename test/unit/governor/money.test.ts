/** Net over the last hour, day and month; what is not known is null, and nobody is made richer by rounding. */
import { describe, expect, it } from 'vitest';
import { missedIn, usualHour } from '../../../electron/governor/missed.ts';
import {
  balanceOf,
  moneyOf,
  priceFloor,
  rateOf,
  type Books,
  type EarnedHour,
} from '../../../electron/governor/money.ts';
import { STRETCH_CODES } from '../../../electron/ipc/governor.ts';

const HOUR_MS = 3_600_000;
const NOW = 1000;
const COIN = 10n ** 18n;
/** 1 kWh. */
const KWH = 3_600_000_000n;
const PRICE = 300_000n;

const earned = (hour: number, coins: bigint, rest: Partial<EarnedHour> = {}): EarnedHour => ({
  ...{ hour, earned: coins * COIN, cu: 2_000_000n, outputTokens: 500_000 },
  ...rest,
});
const used = (hour: number, source: 'sensor' | 'plug' = 'sensor', kwh = 1n) => ({
  ...{ hour, source, currency: 'EUR', milliwattSeconds: kwh * KWH, costUnits: kwh * KWH * PRICE },
});
const served = (hour: number, minutes = 60, measured = minutes) => ({
  ...{ hour, offeredMs: HOUR_MS, workedMs: minutes * 60_000, measuredMs: measured * 60_000 },
});

const BOOKS: Books = {
  tariff: { currency: 'EUR', microsPerKwh: 300_000, cheap: null },
  microsPerCoin: 500_000,
  coinDecimals: 18,
  earned: [earned(NOW, 2n)],
  energy: [used(NOW)],
  served: [served(NOW)],
  localMs: NOW * HOUR_MS,
};
const balance = (change: Partial<Books>, hours = 1) => balanceOf({ ...BOOKS, ...change }, hours);

describe('a balance', () => {
  it('takes electricity from what receipts are worth, with its uncertainty', () => {
    expect(balance({})).toEqual({
      earned: 2n * COIN,
      electricityMicros: 300_000n,
      netMicros: 700_000n,
      uncertaintyMicros: 45_000n,
    });
    expect(balance({ energy: [used(NOW, 'plug')] }).uncertaintyMicros).toBe(15_000n);
    expect(balance({ earned: [] }).netMicros).toBe(-300_000n);
  });

  it('has no net without a worth, and no cost without a tariff', () => {
    expect(balance({ microsPerCoin: null })).toMatchObject({
      ...{ electricityMicros: 300_000n, netMicros: null, uncertaintyMicros: null },
    });
    expect(balance({ tariff: null })).toMatchObject({ electricityMicros: null, netMicros: null });
  });

  it('does not know a cost when watts are missing for more than a tenth of the work', () => {
    expect(balance({ served: [served(NOW, 60, 54)] }).electricityMicros).toBe(300_000n);
    expect(balance({ served: [served(NOW, 60, 53.9)] }).electricityMicros).toBeNull();
    expect(balance({ energy: [], served: [] }).electricityMicros).toBeNull();
    expect(balance({ energy: [used(1)], served: [] }).electricityMicros).toBe(0n);
  });

  it('counts the oldest hour by the part of it that is not over', () => {
    const localMs = NOW * HOUR_MS + HOUR_MS / 4;
    const change = { localMs, earned: [earned(NOW - 1, 4n)], energy: [used(NOW - 1)] };
    expect(balance({ ...change, served: [] })).toMatchObject({
      ...{ earned: 3n * COIN, electricityMicros: 225_000n },
    });
    expect(balance({ ...change, earned: [earned(NOW - 2, 4n)] }).earned).toBe(0n);
    expect(balance({ ...change, earned: [earned(NOW + 1, 4n)] }).earned).toBe(0n);
    expect(balance({ ...change, earned: [earned(NOW - 24, 4n)] }, 24).earned).toBe(3n * COIN);
    expect(balance({ ...change, earned: [earned(NOW - 25, 4n)] }, 24).earned).toBe(0n);
  });

  it('rounds what is earned down and what is paid up', () => {
    const energy = [{ ...used(NOW), milliwattSeconds: 1n, costUnits: 1n }];
    const dust = { energy, earned: [earned(NOW, 0n, { earned: 1n })] };
    expect(balance(dust)).toMatchObject({ electricityMicros: 1n, netMicros: -1n });
  });
});

describe('money', () => {
  it('covers an hour, a day and 30 days, and what a million tokens costs', () => {
    const hours = [NOW, NOW - 5, NOW - 100];
    const books = {
      ...BOOKS,
      earned: hours.map((hour) => earned(hour, 1n)),
      energy: hours.map((hour) => used(hour)),
      served: hours.map((hour) => served(hour)),
    };
    const money = moneyOf(books, 100);
    expect([money.hour, money.day, money.month].map((one) => one.earned)).toEqual(
      [1n, 2n, 3n].map((coins) => coins * COIN),
    );
    expect(money.currency).toBe('EUR');
    // 2 kWh for a million tokens of the last day.
    expect(money.costMicrosPerMillionTokens).toBe(600_000n);
    expect(money.awakeMicrosPerMonth).toBe(21_600_000n);
    expect(moneyOf(BOOKS, null).awakeMicrosPerMonth).toBeNull();
    expect(moneyOf({ ...BOOKS, tariff: null }, 100)).toMatchObject({
      ...{ currency: null, awakeMicrosPerMonth: null, costMicrosPerMillionTokens: null },
    });
  });

  it('looks at the month for tokens when the day has hardly any', () => {
    const few = (outputTokens: number) =>
      moneyOf({ ...BOOKS, earned: [earned(NOW, 1n, { outputTokens }), earned(NOW - 99, 1n)] }, null)
        .costMicrosPerMillionTokens;
    expect(few(1000)).toBe(300_000_000n);
    expect(few(999)).toBe(598_804n);
  });
});

describe('the rate for the governor', () => {
  const rate = (change: Partial<Books>) => rateOf({ ...BOOKS, ...change });

  it('is a mean over the newest hour of work, at the price of now', () => {
    expect(rate({})).toEqual({ earnsMicros: 1_000_000, costsMicros: 300_000 });
    const half = { served: [served(NOW, 30), served(NOW - 3, 30), served(NOW - 4, 60)] };
    const hours = [NOW, NOW - 3, NOW - 4];
    const books = { ...half, earned: hours.map((hour) => earned(hour, hour === NOW ? 1n : 3n)) };
    const energy = hours.map((hour) => used(hour));
    expect(rate({ ...books, energy })).toEqual({ earnsMicros: 2_000_000, costsMicros: 600_000 });
    const cheap = { fromMinute: 0, toMinute: 1440, microsPerKwh: 100_000 };
    const tariff = { currency: 'EUR', microsPerKwh: 300_000, cheap };
    expect(rate({ tariff })?.costsMicros).toBe(100_000);
  });

  it('is null while too little is known', () => {
    expect(rate({ served: [served(NOW, 5)] })).not.toBeNull();
    expect(rate({ served: [served(NOW, 4.99)] })).toBeNull();
    expect(rate({ served: [served(NOW - 23)] })).not.toBeNull();
    expect(rate({ served: [served(NOW - 24)] })).toBeNull();
    expect(rate({ served: [served(NOW, 60, 50)] })).toBeNull();
    expect(rate({ microsPerCoin: null })).toBeNull();
    expect(rate({ tariff: null })).toBeNull();
  });
});

describe('the lowest price', () => {
  it('is 1.3 times what the electricity of a million CU costs', () => {
    // 0.30 for 2,000,000 CU is 0.15 for one million; at 0.50 per coin 0.3 coins, times 1.3.
    expect(priceFloor(BOOKS)).toBe((39n * COIN) / 100n);
    expect(priceFloor({ ...BOOKS, coinDecimals: 0 })).toBe(1n);
  });

  it('is null while anything of it is not known', () => {
    for (const microsPerCoin of [null, 0]) {
      expect(priceFloor({ ...BOOKS, microsPerCoin })).toBeNull();
    }
    expect(priceFloor({ ...BOOKS, tariff: null })).toBeNull();
    expect(priceFloor({ ...BOOKS, energy: [used(1)], served: [] })).toBeNull();
    expect(priceFloor({ ...BOOKS, earned: [] })).toBeNull();
  });
});

describe('what was missed', () => {
  const hour = (tokens: number, offeredMs = HOUR_MS) => ({
    ...{ offeredMs, outputTokens: tokens, earned: BigInt(tokens) * 10n },
  });

  it('goes by the middle of the hours with work', () => {
    expect(usualHour([])).toBeNull();
    expect(usualHour([hour(0)])).toBeNull();
    expect(usualHour([hour(100, 599_999)])).toBeNull();
    expect(usualHour([hour(100, 600_000)])).toEqual({ tokens: 600n, amount: 6000n });
    expect(usualHour([hour(9000), hour(100), hour(300)])?.tokens).toBe(300n);
    expect(usualHour([hour(100), hour(301)])).toEqual({ tokens: 200n, amount: 2005n });
  });

  it('is nothing where the owner decided so, or serving would have been no gain', () => {
    const usual = { tokens: 3600n, amount: 7200n };
    expect(missedIn('game', 1500, usual)).toEqual({ missedTokens: 1, missedAmount: 3n });
    expect(missedIn('game', 1500, null)).toEqual({ missedTokens: null, missedAmount: null });
    const none = STRETCH_CODES.filter((code) => missedIn(code, 1, usual).missedAmount === null);
    expect(none.sort()).toEqual(
      [
        ...['serving', 'ready', 'earning-off', 'snoozed', 'schedule', 'metered'],
        ...['unprofitable', 'app-closed'],
      ].sort(),
    );
  });
});
