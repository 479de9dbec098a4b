/** What the window shows of the governor: live readings, the day, give-backs, net, and the settings. */
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Live } from '../../../electron/ipc/governor.ts';
import type { Status } from '../../../electron/ipc/status.ts';
import { curvePath, curveY, roomFor } from '../../../renderer/charts/curve.ts';
import { EarningsScreen } from '../../../renderer/features/earnings/EarningsScreen.tsx';
import { balanceFacts, floorWords } from '../../../renderer/features/earnings/net-words.ts';
import {
  DAY_MS,
  dayTicks,
  dayWords,
  lengthWords,
  programToAllow,
  stretchPlaces,
} from '../../../renderer/features/home/day-words.ts';
import { giveBackBars, giveBackScale } from '../../../renderer/features/home/give-back-bars.ts';
import { HomeScreen } from '../../../renderer/features/home/HomeScreen.tsx';
import { minutesUntilTomorrow } from '../../../renderer/features/home/home-words.ts';
import { liveFacts } from '../../../renderer/features/home/live-words.ts';
import { awakeWords } from '../../../renderer/features/settings/awake-words.ts';
import { SettingsScreen } from '../../../renderer/features/settings/SettingsScreen.tsx';
import { withLive, type LivePoint } from '../../../renderer/store/live-history.ts';
import { AppProvider, type App } from '../../../renderer/store/use-app.tsx';
import { FAKE_SENSORS, fakeBalance, fakeDay, fakeGovernor } from '../../fakes/fake-governor.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { openApp } from './open-app.ts';

const NOW = new Date(2026, 0, 5, 13, 20).getTime();
const INITIAL = fakeSnapshot();
const SERVING: Status = {
  ...INITIAL.status,
  ...{ mode: 'serving', policy: 'away', duty: 0.62, dutyCause: 'heat', reasons: [] },
};

function draw(app: App, what: ReactNode): string {
  // On a server the store would show what it began with.
  const store = { ...app.store, getInitialState: app.store.getState };
  return renderToStaticMarkup(<AppProvider app={{ ...app, store }}>{what}</AppProvider>);
}

const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

const governor = fakeGovernor(NOW);
const opened = (changes: Partial<typeof INITIAL> = {}) =>
  openApp({ snapshot: fakeSnapshot({ status: SERVING, governor, ...changes }) });

const LIVE: Live = {
  ...{ atMs: NOW, device: 'Card', celsius: 71, targetCelsius: 75, pauseCelsius: 83, watts: 246 },
  ...{ wattsFrom: 'measured', loadPercent: 64, memoryUsedBytes: 9 * 1024 ** 3 },
  ...{ memoryTotalBytes: null, batteryPercent: null },
};

describe('the live readings', () => {
  it('say where each comes from, and show nothing that is not known', () => {
    const facts = (live: Partial<Live>) =>
      Object.fromEntries(
        liveFacts(SERVING, { ...LIVE, ...live }).map(({ name, value }) => [name, value]),
      );
    expect(facts({})).toEqual({
      Temperature: '71 °C, holds 75 °C, pauses at 83 °C',
      Works: 'at 62 % to hold 75 °C',
      Draws: '246 W, measured by the card',
      'Load of the card': '64 %',
      'Its memory': '9 GiB in use',
      Battery: null,
    });
    expect(facts({ wattsFrom: 'owner' })['Draws']).toBe('246 W, as you entered');
    expect(facts({ celsius: null })['Temperature']).toBe('Not known');
    expect(facts({ watts: null, loadPercent: null })).toMatchObject({
      Draws: null,
      'Load of the card': null,
    });
  });

  it('are kept for minutes and never more than 300 points', () => {
    let points: readonly LivePoint[] = [];
    for (let second = 0; second < 1_000; second += 1) {
      points = withLive(points, { ...LIVE, atMs: NOW + second * 500 }, 1);
      expect(points.length).toBeLessThanOrEqual(300);
    }
    const last = points.at(-1);
    expect(withLive(points, { ...LIVE, atMs: last?.atMs ?? 0 }, 1)).toBe(points);
    expect(withLive(points, { ...LIVE, atMs: NOW }, 1)).toHaveLength(1);
    const later = withLive(points, { ...LIVE, atMs: NOW + 3_600_000 }, 1);
    expect(later).toHaveLength(1);
    expect(withLive(points, null, 1)).toEqual([]);
  });

  it('are drawn within their room, with a gap where nothing was known', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 20, max: 110 })), { maxLength: 40 }),
        (values) => {
          const points = values.map((value, at) => ({ at, value }));
          const room = roomFor(points, [75, 83]);
          for (const value of [...values, 75, 83]) {
            if (value === null) continue;
            const y = curveY(value, room, 84);
            expect(y).toBeGreaterThanOrEqual(0);
            expect(y).toBeLessThanOrEqual(84);
          }
          expect(curvePath(points, room, 300, 84)).not.toMatch(/NaN|Infinity/);
        },
      ),
    );
    const path = curvePath(
      [70, null, 72, 73].map((value, at) => ({ at, value })),
      { low: 60, high: 80 },
      300,
      84,
    );
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it('stand on Home while it serves and not while it is off', async () => {
    const text = textOf(draw(await opened(), <HomeScreen />));
    expect(text).toContain('While it serves');
    expect(text).toContain('at 62 % to hold 75 °C');
    const off = await opened({ status: INITIAL.status, governor: { ...governor, live: null } });
    expect(textOf(draw(off, <HomeScreen />))).not.toContain('While it serves');
    const unread = await opened({ governor: { ...governor, live: null } });
    expect(textOf(draw(unread, <HomeScreen />))).toContain('No reading has come yet.');
  });
});

describe('the day', () => {
  it('fills the strip from end to end, each stretch after the other', () => {
    const places = stretchPlaces(fakeDay(NOW), NOW);
    expect(places[0]?.start).toBe(0);
    expect(places.at(-1)?.end).toBe(1);
    for (const [index, { start }] of places.entries()) {
      if (index > 0) expect(start).toBeCloseTo(places[index - 1]?.end ?? -1, 10);
    }
    expect(dayWords(places)).toContain('5 h 36 min serving, 1 h 45 min ready without work');
    expect(stretchPlaces(fakeDay(NOW), NOW + 2 * DAY_MS)).toHaveLength(1);
  });

  it('has labels at full hours of the clock only, inside of it', () => {
    const ticks = dayTicks(NOW);
    expect(ticks.map(({ name }) => name)).toEqual(['18:00', '00:00', '06:00', '12:00']);
    for (const { share } of ticks) expect(share > 0 && share < 1).toBe(true);
  });

  it('says how long something took', () => {
    expect([0, 59_999, 60_000, 3_600_000, 8_100_000].map(lengthWords)).toEqual([
      ...['under 1 min', 'under 1 min', '1 min', '1 h', '2 h 15 min'],
    ]);
  });

  it('can be walked and read aloud, and lists what was missed', async () => {
    const day = fakeDay(Date.now());
    const app = await opened({ governor: { ...governor, day } });
    const markup = draw(app, <HomeScreen />);
    expect(markup.match(/data-bar=/g)).toHaveLength(day.length);
    expect(markup.match(/role="img" aria-label="[^"]+" tabindex="0"/gi)).toHaveLength(1);
    expect(markup).toMatch(/aria-label="\d\d:\d\d to \d\d:\d\d: Elden Ring was running"/);
    const text = textOf(markup);
    expect(text).toContain('Missed: about 30,000 tokens, 0.0019 PRAC');
    expect(text).toContain('Show 4 more');
    await app.actions.setDiscreet(true);
    expect(textOf(draw(app, <HomeScreen />))).toContain('Missed: about 30,000 tokens, •••••');
  });

  it('offers to allow a program once, and only one that is known by name', async () => {
    const game = fakeDay(NOW).find(({ code }) => code === 'game');
    if (!game) throw new Error('no game');
    expect(programToAllow(game, [])).toBe('Elden Ring');
    expect(programToAllow(game, ['elden ring'])).toBeNull();
    expect(programToAllow({ ...game, detail: null }, [])).toBeNull();
    expect(programToAllow({ ...game, code: 'gpu-hot' }, [])).toBeNull();
    const card = { ...game, code: 'other-gpu-app' as const };
    expect(programToAllow({ ...card, detail: 'blender, 40 %' }, [])).toBe('blender');
    expect(programToAllow({ ...card, detail: 'another program, 512 MB' }, [])).toBeNull();
    const app = await opened({ governor: { ...governor, day: [game] } });
    // Nobody needs a strip of nothing: the one stretch has ended long ago.
    const current = { ...game, toMs: null };
    app.fake.patch({ governor: { ...governor, day: [current] } });
    expect(draw(app, <HomeScreen />)).toContain('aria-label="Allow Elden Ring next time"');
    await app.actions.allowStretch(current.id, 'Elden Ring');
    expect(draw(app, <HomeScreen />)).not.toContain('Allow Elden Ring next time');
    expect(app.state().toasts.at(-1)).toMatchObject({ kind: 'info' });
  });

  it('is not there before anything was noted', async () => {
    const app = await opened({ governor: { ...governor, day: [] } });
    expect(textOf(draw(app, <HomeScreen />))).not.toContain('Show');
  });
});

describe('give-backs', () => {
  it('share one scale on which the goal is always in sight', () => {
    expect(giveBackScale([])).toBe(1_000);
    expect(giveBackScale(governor.giveBacks)).toBe(1_000);
    const slow = { ...governor.giveBacks[0], id: 9, atMs: NOW, cause: 'game' as const };
    const times = { decidedAfterMs: 10, stoppedAfterMs: 1_400, releasedAfterMs: 2_100 };
    expect(giveBackScale([{ ...slow, ...times }])).toBe(2_500);
    const [bar] = giveBackBars([{ ...slow, ...times }]);
    expect(bar?.isWithinGoal).toBe(false);
    expect(bar?.steps.map(({ end }) => end)).toEqual([0.004, 0.56, 0.84]);
  });

  it('tell what was measured and leave out what was not', async () => {
    const text = textOf(draw(await opened(), <HomeScreen />));
    expect(text).toContain(
      'decided after 120 ms, computing over after 310 ms, memory back after 742 ms',
    );
    expect(text).toContain('decided after 30 ms');
    expect(giveBackBars(governor.giveBacks)[2]?.isWithinGoal).toBeNull();
  });
});

describe('a pause', () => {
  it('until tomorrow ends in the morning, and never lasts longer than main allows', () => {
    expect(minutesUntilTomorrow(NOW)).toBe(17 * 60 + 40);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DAY_MS }), (later) => {
        const minutes = minutesUntilTomorrow(NOW + later);
        expect(minutes).toBeGreaterThan(0);
        expect(minutes).toBeLessThanOrEqual(1_440);
      }),
    );
  });

  it('can last until its owner resumes', async () => {
    const app = await opened();
    await app.actions.setEarning(true);
    await app.actions.pauseEarning(null);
    expect(textOf(draw(app, <HomeScreen />))).toContain('Paused until you resume');
  });
});

describe('net of electricity', () => {
  const write = (units: bigint) => `${units.toString()} u`;

  it('is told with how sure it is, and never without a price', () => {
    const balance = fakeBalance({
      ...{
        earned: 5n,
        electricityMicros: 89_340n,
        netMicros: -79_340n,
        uncertaintyMicros: 13_000n,
      },
    });
    expect(balanceFacts(balance, 'EUR', write).map(({ value }) => value)).toEqual([
      ...['5 u', '0.0893 EUR', '−0.0793 EUR ± 0.013 EUR'],
    ]);
    expect(balanceFacts(fakeBalance(), null, write).map(({ value }) => value)).toEqual([
      ...['0 u', 'Not known', 'Not known'],
    ]);
  });

  it('says what is missing, one thing after the other', async () => {
    const app = await opened();
    const text = () => textOf(draw(app, <EarningsScreen />));
    expect(text()).toContain('What electricity costs here is not known yet');
    await app.actions.setGovernor({
      tariff: { currency: 'EUR', microsPerKwh: 300_000, cheap: null },
    });
    expect(text()).toContain('What this computer draws is not known');
    const day = fakeBalance({ electricityMicros: 1_000n });
    app.fake.patch({
      governor: {
        ...governor,
        money: { ...governor.money, currency: 'EUR', day, costMicrosPerMillionTokens: 248_500n },
      },
    });
    expect(text()).toContain('PRAC is practice money and is worth nothing');
    expect(text()).toContain('Electricity for a million tokens, at the speed reached: 0.249 EUR.');
    await app.actions.setGovernor({ microsPerCoin: 50_000 });
    expect(text()).toContain('nobody pays that');
    await app.actions.setDiscreet(true);
    expect(text()).not.toMatch(/0\.001 EUR/);
  });

  it('names the lowest price worth serving for, once it is known, and hides it', () => {
    const { money } = governor;
    expect(floorWords(money, String)).toBeNull();
    const known = { ...money, floorPerMillionCu: 1_300n };
    expect(floorWords(known, String)).toMatch(/^Below 1300 per 1,000,000 CU .* only shown\.$/);
    expect(floorWords(known, () => '•••••')).not.toContain('1300');
  });

  it('tells what it costs to stay awake', () => {
    const { money } = governor;
    expect(awakeWords(money)).toContain('once the price of electricity is known');
    expect(awakeWords({ ...money, currency: 'EUR' })).toContain('once the watts at the plug');
    expect(awakeWords({ ...money, currency: 'EUR', awakeMicrosPerMonth: 8_600_000n })).toContain(
      'about 8.60 EUR a month',
    );
  });
});

describe('the settings', () => {
  it('show every part of the governor in plain words', async () => {
    const text = textOf(draw(await opened(), <SettingsScreen />));
    for (const words of [
      ...['You are away after', 'Programs to give way to', 'Programs that may run beside relays'],
      ...['Hours', 'paid for by volume', 'Temperature', 'Quiet nights', 'Power limit of the card'],
      ...[
        'Serve though the temperature cannot be read',
        'Price of electricity',
        'Watts at the plug',
      ],
      ...['Stop when it costs more than it earns', 'Keep this computer awake', 'Self-test'],
    ]) {
      expect(text).toContain(words);
    }
  });

  it('are sent as they were changed, and a failure is told', async () => {
    const app = await opened();
    await app.actions.setGovernor({ games: ['blender'] });
    expect(app.fake.calls.at(-1)).toEqual({
      name: 'governor.set',
      input: { change: { games: ['blender'] } },
    });
    expect(textOf(draw(app, <SettingsScreen />))).toContain('blender');
    app.fake.failNext('governor.set', 'disk-full');
    await app.actions.setGovernor({ isQuietAtNight: true });
    expect(app.state().snapshot?.settings.governor.isQuietAtNight).toBe(false);
    expect(app.state().toasts.at(-1)).toMatchObject({ kind: 'failure' });
  });

  it('ask every sensor when they are told to, and show source and age', async () => {
    const app = await opened();
    expect(draw(app, <SettingsScreen />)).not.toContain('All sensors');
    await app.actions.checkSensors();
    const text = textOf(draw(app, <SettingsScreen />));
    for (const { title, source } of FAKE_SENSORS) {
      expect(text).toContain(title);
      expect(text).toContain(source);
    }
    expect(text).toContain('Lid Not known');
    app.fake.failNext('governor.sensors', 'internal');
    await app.actions.checkSensors();
    expect(app.state().sensors).toMatchObject({ state: 'failed', lines: FAKE_SENSORS });
  });

  it('run the self-test again', async () => {
    const app = await opened();
    expect(textOf(draw(app, <SettingsScreen />))).toContain('Passed. The fixed question');
    await app.actions.runSelfTest();
    expect(textOf(draw(app, <SettingsScreen />))).toContain('Running.');
  });
});
