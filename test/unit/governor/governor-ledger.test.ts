/** What the governor remembers, shown as the window gets it, over a day of simulated time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openGovernorDatabase } from '../../../electron/governor/governor-database.ts';
import { WRITE_MS } from '../../../electron/governor/governor-ledger.ts';
import { NOTHING_READ } from '../../../electron/governor/sensors.ts';
import { createStretchStore } from '../../../electron/governor/stretch-store.ts';
import { governorSchema, type Stretch } from '../../../electron/ipc/governor.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { cardReadings, startLedger, statusOf } from '../../fakes/governor-ledger.ts';

const viewSchema = governorSchema.pick({
  live: true,
  day: true,
  giveBacks: true,
  money: true,
  selfTest: true,
});
const START = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TARIFF = { currency: 'EUR', microsPerKwh: 300_000, cheap: null };

const start = (
  ...rest: Parameters<typeof startLedger> extends [string, number, ...infer R] ? R : []
) => startLedger(':memory:', START, ...rest);

/** No gap, no overlap, an end, and a beginning at a moment. */
function expectWhole(day: readonly Stretch[], fromMs: number): void {
  expect(day[0]?.fromMs).toBe(fromMs);
  for (const [index, { toMs }] of day.entries()) expect(toMs).toBe(day[index + 1]?.fromMs ?? null);
}

describe('the strip of a day', () => {
  it('shows what was decided, with what was missed by the hours before it', () => {
    const hour = Math.floor(START / HOUR_MS);
    const tokens = { earned: 100n, cu: 1n, outputTokens: 1000 };
    const { ledger, clock } = start({ earned: () => [{ hour, ...tokens }] });
    ledger.noteDecision(statusOf('serving'), NOTHING_READ, true);
    clock.advance(20 * 60_000);
    const game = { code: 'game', detail: 'Doom', untilMs: 5 } as const;
    ledger.noteDecision(statusOf('waiting', game, 'on-battery'), NOTHING_READ, false);
    clock.advance(60_000);
    const { day } = viewSchema.parse(ledger.view());
    expectWhole(day, START);
    expect(day).toMatchObject([
      { code: 'serving', missedTokens: null },
      { code: 'game', detail: 'Doom', also: ['on-battery'], expectedMs: 5 },
    ]);
    // 1,000 tokens in twenty minutes let expect 50 in the next one.
    expect(day[1]).toMatchObject({ missedTokens: 50, missedAmount: 5n });
    expect(ledger.allowable(day[1]?.id ?? 0)).toBe('Doom');
    expect(ledger.allowable(day[0]?.id ?? 0)).toBeNull();
    expect(ledger.allowable(999)).toBeNull();
  });

  it('covers a random day wholly, with a reason for all that is not serving, whatever the restarts', () => {
    const codes = ['owner-active', 'game', 'gpu-hot', 'on-battery', 'earning-off'] as const;
    const step = fc.record({
      ms: fc.oneof(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 3 * HOUR_MS })),
      code: fc.option(fc.constantFrom(...codes)),
      hasWork: fc.boolean(),
      ends: fc.constantFrom('runs', 'runs', 'runs', 'quits', 'killed'),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (trace) => {
        const store = createStretchStore(openGovernorDatabase(':memory:', 0).database);
        const kept = { ...store, dispose: () => undefined };
        let nowMs = START;
        let one = startLedger(':memory:', nowMs, { store: kept });
        let said: { readonly atMs: number; readonly ms: number; readonly code: string }[] = [];
        for (const { ms, code, hasWork, ends } of trace) {
          const lasts = ms >= 4_000 && ends !== 'killed';
          const isCode = code ?? (hasWork ? 'serving' : 'ready');
          if (lasts) said.push({ atMs: nowMs + ms / 2, ms, code: isCode });
          const status = code === null ? statusOf('serving') : statusOf('waiting', code);
          one.ledger.noteDecision(status, NOTHING_READ, hasWork);
          one.clock.advance(ms);
          nowMs += ms;
          if (ends === 'runs') continue;
          // A killed one does nothing more, and up to a minute of what it knew is lost with it.
          if (ends === 'quits') one.ledger.dispose();
          else said = said.filter(({ atMs }) => atMs < nowMs - WRITE_MS);
          nowMs += ms;
          one = startLedger(':memory:', nowMs, { store: kept });
        }
        const { day } = viewSchema.parse(one.ledger.view());
        expectWhole(day, Math.max(START, nowMs - DAY_MS));
        for (const { atMs, ms, code } of said) {
          // After an hour what lasted less than ten seconds may stand for nothing any more.
          const isKept = atMs > nowMs - HOUR_MS || ms >= 10_000;
          if (atMs < nowMs - DAY_MS || !isKept) continue;
          expect(day.findLast(({ fromMs }) => fromMs <= atMs)?.code).toBe(code);
        }
        store.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('stays short when relays come and go each second all day long', () => {
    const { ledger, clock } = start();
    for (let s = 0; s < 5 * 3600; s += 3) {
      ledger.noteDecision(statusOf('serving'), NOTHING_READ, s % 2 === 0);
      clock.advance(3_000);
    }
    const { day } = ledger.view();
    expect(day.length).toBeLessThan(520);
    expectWhole(day, START);
  });

  it('cuts its first stretch at 24 hours ago', () => {
    const { ledger, clock } = start();
    ledger.noteDecision(statusOf('off', 'earning-off'), NOTHING_READ, false);
    clock.advance(3 * DAY_MS);
    const { day } = ledger.view();
    expect(day).toMatchObject([{ code: 'earning-off', fromMs: START + 2 * DAY_MS, toMs: null }]);
  });

  it('begins anew at a clock that was set back, and says nothing twice', () => {
    let backMs = 0;
    const { clock } = start();
    const turned = { ...clock, nowMs: () => clock.nowMs() - backMs };
    const { ledger } = start({ clock: turned });
    for (const code of ['game', 'gpu-hot', 'on-battery'] as const) {
      ledger.noteDecision(statusOf('waiting', code), NOTHING_READ, false);
      clock.advance(30_000);
      ledger.noteDecision(statusOf('waiting', code), NOTHING_READ, false);
      clock.advance(30_000);
    }
    backMs = 100_000;
    ledger.noteDecision(statusOf('serving'), NOTHING_READ, false);
    clock.advance(10_000);
    const { day } = ledger.view();
    expectWhole(day, START);
    expect(day.map(({ code }) => code)).toEqual(['game', 'gpu-hot', 'ready']);
  });
});

describe('what is live', () => {
  it('is the card, while relays may run', () => {
    const { ledger, clock } = start();
    ledger.noteDecision(statusOf('serving'), cardReadings(clock, { loadPercent: 101 }), true);
    expect(ledger.view().live).toMatchObject({
      ...{ device: 'Card', celsius: 60, targetCelsius: 75, pauseCelsius: 83, watts: 108 },
      ...{ wattsFrom: 'measured', loadPercent: 100 },
    });
    clock.advance(10_000);
    expect(ledger.view().live?.watts).toBe(108);
    clock.advance(1);
    expect(ledger.view().live).toMatchObject({ watts: null, wattsFrom: null, celsius: null });
    ledger.noteDecision(statusOf('waiting', 'arming'), cardReadings(clock, {}), false);
    expect(ledger.view().live).not.toBeNull();
    ledger.noteDecision(statusOf('waiting', 'game'), cardReadings(clock, {}), false);
    expect(ledger.view().live).toBeNull();
  });

  it('is the same card that the decision is made of, however its driver spells it', () => {
    const { ledger, clock } = start({ device: () => ({ kind: 'gpu', name: 'Maker Card (X)' }) });
    const { gpus } = cardReadings(clock, {});
    const [card] = gpus?.value ?? [];
    if (!gpus || !card) throw new Error('no card was read');
    const other = { ...card, id: '0000:02:00.0', name: 'Other', watts: 7 };
    const readings = { ...NOTHING_READ, gpus: { ...gpus, value: [other, card] } };
    ledger.noteDecision(statusOf('serving'), readings, true);
    expect(ledger.view().live).toMatchObject({ device: 'Card', watts: 108 });
  });

  it("is the processor where it computes, with the owner's watts", () => {
    const world = start({ device: () => ({ kind: 'cpu', name: null }) });
    world.settings = { ...world.settings, measuredWatts: { idle: 40, serving: 90 } };
    const cpuCelsius = { value: 55, atMs: 0, source: 'the test' };
    world.ledger.noteDecision(statusOf('serving'), { ...NOTHING_READ, cpuCelsius }, false);
    expect(world.ledger.view().live).toMatchObject({
      ...{ device: 'Processor', celsius: 55, watts: 40, wattsFrom: 'owner' },
    });
  });
});

describe('money', () => {
  it('comes from watts, tariff and receipts together', () => {
    const hour = Math.floor(START / HOUR_MS);
    const coins = { earned: 10n ** 18n, cu: 1_000_000n, outputTokens: 5000 };
    const world = start({ earned: () => [{ hour, ...coins }] });
    world.settings = { ...world.settings, tariff: TARIFF, microsPerCoin: 100_000 };
    world.ledger.noteDecision(
      statusOf('waiting', 'arming'),
      cardReadings(world.clock, { watts: 20 }),
      false,
    );
    world.clock.advance(1_000);
    for (let s = 0; s < 900; s++) {
      world.ledger.noteDecision(statusOf('serving'), cardReadings(world.clock, {}), true);
      world.clock.advance(1_000);
    }
    // 88 W of the card are 100 W at the plug: 25 Wh at 0.30 per kWh.
    const { money } = world.ledger.view();
    expect(money.hour.electricityMicros).toBeGreaterThanOrEqual(7_490n);
    expect(money.hour.electricityMicros).toBeLessThanOrEqual(7_500n);
    expect(money.hour.netMicros).toBe(100_000n - (money.hour.electricityMicros ?? 0n));
    expect(world.ledger.rate()?.costsMicros).toBe(30_000);
    expect(world.ledger.priceFloor()).toBeGreaterThan(97n * 10n ** 15n);
  });
});

describe('what has become old', () => {
  it('is put together and at last forgotten', () => {
    const store = createStretchStore(openGovernorDatabase(':memory:', 0).database);
    const { ledger, clock } = start({ store });
    const flicker = (ms: number): void => {
      for (let past = 0; past < ms; past += 6_000) {
        ledger.noteDecision(statusOf('serving'), NOTHING_READ, past % 12_000 === 0);
        clock.advance(6_000);
      }
    };
    flicker(4 * HOUR_MS);
    const lengthOf = (fromH: number, toH: number) =>
      store.pieces(START + fromH * HOUR_MS, START + toH * HOUR_MS).length;
    // Ten or more seconds each after an hour, six before that.
    expect(lengthOf(0, 2)).toBeLessThanOrEqual(721);
    expect(lengthOf(3.2, 4)).toBeGreaterThan(475);
    expectWhole(ledger.view().day, START);
    ledger.noteDecision(statusOf('off', 'earning-off'), NOTHING_READ, false);
    clock.advance(30 * HOUR_MS);
    expect(lengthOf(0, 4)).toBeLessThanOrEqual(241);
    expect(lengthOf(0, 4)).toBeGreaterThan(0);
    clock.advance(89 * DAY_MS);
    expect(store.pieces(0, START * 2)).toMatchObject([{ code: 'earning-off' }]);
    ledger.dispose();
  });

  it('is still there on the last of ninety days, and gone on the day after', () => {
    const store = createStretchStore(openGovernorDatabase(':memory:', 0).database);
    const { ledger, clock } = start({ store });
    ledger.noteDecision(statusOf('serving'), NOTHING_READ, true);
    clock.advance(HOUR_MS);
    ledger.noteDecision(statusOf('off', 'earning-off'), NOTHING_READ, false);
    clock.advance(89.5 * DAY_MS);
    expect(store.pieces(0, START * 2)[0]).toMatchObject({ code: 'serving' });
    clock.advance(DAY_MS);
    expect(store.pieces(0, START * 2)).toMatchObject([{ code: 'earning-off' }]);
    ledger.dispose();
  });
});

describe('a goodbye and a return', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lull-ledger-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    [1_000, ['ready', 'game']],
    [10_000, ['ready', 'app-closed', 'game']],
  ])('%i ms apart', (apartMs, codes) => {
    const path = join(folder, `${String(apartMs)}.sqlite`);
    const before = startLedger(path, START);
    before.ledger.noteDecision(statusOf('serving'), NOTHING_READ, false);
    before.clock.advance(60_000);
    before.ledger.dispose();
    const after = startLedger(path, START + 60_000 + apartMs);
    after.ledger.noteDecision(statusOf('waiting', 'game'), NOTHING_READ, false);
    after.clock.advance(60_000);
    expect(after.ledger.view().day.map(({ code }) => code)).toEqual(codes);
    after.ledger.dispose();
  });
});

describe('give-backs', () => {
  it('are shown newest first, and no more than twenty', () => {
    const { ledger } = start();
    for (let count = 1; count <= 25; count++) {
      const after = { decidedAfterMs: 1.5, stoppedAfterMs: 20, releasedAfterMs: null };
      ledger.noteGiveBack({ cause: 'game', atMs: START + count, ...after });
    }
    const { giveBacks } = viewSchema.parse(ledger.view());
    expect(giveBacks).toHaveLength(20);
    expect(giveBacks[0]).toMatchObject({ id: 25, atMs: START + 25, decidedAfterMs: 1.5 });
  });
});

describe('the disk', () => {
  it('is written at changes and once a minute, and nothing is lost while it is full', () => {
    const store = createStretchStore(openGovernorDatabase(':memory:', 0).database);
    let [writes, isFull] = [0, false];
    const { ledger, clock, log } = start({
      store: {
        ...store,
        write(page) {
          writes += 1;
          if (isFull) throw new AppError('disk-full');
          store.write(page);
        },
      },
    });
    ledger.noteDecision(statusOf('serving'), NOTHING_READ, false);
    expect(writes).toBe(1);
    const goOn = (seconds: number): void => {
      for (let s = 0; s < seconds; s++) {
        clock.advance(1_000);
        ledger.noteDecision(statusOf('serving'), NOTHING_READ, false);
      }
    };
    // Once more after two seconds, when the stretch stands; from then on each minute.
    goOn(600);
    expect(writes).toBe(11);
    goOn(2);
    expect(writes).toBe(12);
    isFull = true;
    ledger.noteDecision(statusOf('waiting', 'game'), NOTHING_READ, false);
    clock.advance(200_000);
    expect(log.lines.filter((line) => line.includes('could not be written'))).toHaveLength(1);
    expect(store.pieces(0, START * 2)).toHaveLength(1);
    isFull = false;
    clock.advance(60_000);
    expect(store.pieces(0, START * 2)).toMatchObject([{ code: 'ready' }, { code: 'game' }]);
    expect((store.life()?.lastMs ?? 0) - START).toBeGreaterThan(800_000);
  });
});
