/** Silences while relays run: how somebody else's load is seen where the driver does not tell programs apart. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../electron/governor/decide.ts';
import { NO_RELAYS, ON_CARD, play, withCard, type Scene, type Steps } from './scene.ts';

const RUNNING = { relays: { ...NO_RELAYS, away: 1 } };
/** Of all programs together, as a driver tells it that cannot tell them apart. */
const loaded = (loadPercent: number | null, more: Partial<Scene> = {}): Partial<Scene> => ({
  ...withCard({ foreignLoadPercent: null, loadPercent }),
  ...RUNNING,
  ...more,
});
/** Armed for twelve seconds. */
const ARMED: Steps = Array.from({ length: 7 }, (_, index) => [index * 2, ON_CARD] as const);
const every = (fromS: number, toS: number, changes: Partial<Scene>): Steps =>
  Array.from({ length: Math.round((toS - fromS) * 4) + 1 }, (_, index) => [
    fromS + index / 4,
    changes,
  ]);
const last = (...steps: Steps): Decision => {
  const decision = play(...ARMED, ...steps).at(-1);
  if (decision === undefined) throw new Error('nothing was played');
  return decision;
};
const codesOf = ({ status }: Decision) => status.reasons.map(({ code }) => code);
/** Relays begin at 14 s, and are silent from 29 s on. */
const SILENT: Steps = every(14, 29, loaded(90));

describe('where the driver does not tell programs apart', () => {
  test('relays fall silent after fifteen seconds, and go on being served', () => {
    expect(last(...every(14, 28.75, loaded(90))).pace).toBeGreaterThan(0);
    const silent = last(...SILENT);
    expect(silent.pace).toBe(0);
    expect(silent.status).toMatchObject({ mode: 'serving', reasons: [] });
    expect(silent.status.duty).toBeGreaterThan(0);
    expect(silent.endsRelays).toEqual([]);
    expect(silent.release).toBeNull();
  });

  test('a sample is believed when all of it is from after our last computing', () => {
    const early = loaded(12, { ageMs: 1 });
    expect(last(...SILENT, [30.5, early]).pace).toBe(0);
    expect(last(...SILENT, [30.501, early]).pace).toBeGreaterThan(0);
    // And from then on it is fifteen seconds again.
    expect(
      last(...SILENT, [30.501, early], ...every(30.75, 45.5, loaded(90))).pace,
    ).toBeGreaterThan(0);
    expect(last(...SILENT, [30.501, early], ...every(30.75, 45.75, loaded(90))).pace).toBe(0);
  });

  test('a sample of almost nothing is believed at once', () => {
    expect(last(...SILENT, [29.25, loaded(10)]).pace).toBe(0);
    expect(last(...SILENT, [29.25, loaded(9)]).pace).toBeGreaterThan(0);
  });

  test('one busy sample keeps the silence, a second one gives the card back', () => {
    const one = [...SILENT, [30.5, loaded(40)]] as const;
    expect(last(...one)).toMatchObject({ pace: 0, status: { mode: 'serving' } });
    const two = last(...one, [31.5, loaded(40)]);
    expect(codesOf(two)).toEqual(['other-gpu-app']);
    expect(two).toMatchObject({ pace: 0, endsRelays: ['away'], status: { mode: 'draining' } });
  });

  test('what is loaded before our own load is gone proves nothing', () => {
    const early = loaded(95, { ageMs: 0 });
    const decision = last(...SILENT, [29.5, early], [30, early], [30.25, early]);
    expect(decision).toMatchObject({ pace: 0, status: { mode: 'serving' } });
  });

  test('a silence ends after six seconds, whatever was heard', () => {
    const busyOnce: Steps = [...SILENT, [30.5, loaded(40)], [31.5, loaded(12)]];
    expect(last(...busyOnce, [34.75, loaded(12)]).pace).toBe(0);
    expect(last(...busyOnce, [35, loaded(12)]).pace).toBeGreaterThan(0);
  });

  test('the owner’s own question ends it', () => {
    expect(last(...SILENT, [29.25, loaded(90, { isAnswering: true })]).pace).toBeGreaterThan(0);
  });

  test('a clock that goes back ends it', () => {
    const { probe } = last(...SILENT, [20, loaded(90)]).next;
    expect(probe).toEqual({ heardMs: 20_000, ranMs: 20_000, silentMs: null });
  });

  test.each<readonly [string, Partial<Scene>]>([
    ['the driver tells them apart', withCard({ foreignLoadPercent: 1, loadPercent: 90 })],
    ['nobody knows how loaded the card is', loaded(null)],
    ['the card has next to nothing to do', loaded(9)],
    ['it is still loading, or another server computes', loaded(90, { isPausable: false })],
    ['the owner asks something', loaded(90, { isAnswering: true })],
  ])('never while %s', (_name, changes) => {
    const decisions = play(...ARMED, ...every(14, 60, { ...changes, ...RUNNING }));
    expect(decisions.slice(8).map(({ pace }) => pace)).not.toContain(0);
  });

  test('short relays in close order do not put it off', () => {
    const short = Array.from({ length: 8 }, (_, index) => 14 + index * 2.5).flatMap(
      (atS): Steps => [
        ...every(atS, atS + 1.75, loaded(90)),
        [atS + 2, loaded(90, { relays: NO_RELAYS })],
        [atS + 2.25, loaded(90, { relays: NO_RELAYS, ageMs: 250 })],
      ],
    );
    const paces = play(...ARMED, ...short)
      .slice(ARMED.length)
      .filter(({ status }) => status.relaysInFlight > 0)
      .map(({ pace }) => pace);
    expect(paces.slice(0, 40)).not.toContain(0);
    expect(paces).toContain(0);
  });

  test('a pause between relays in which nobody is heard counts as well', () => {
    const pause = every(24, 25.75, loaded(12, { relays: NO_RELAYS }));
    const again = every(26, 40, loaded(90));
    const decisions = play(...ARMED, ...every(14, 23.75, loaded(90)), ...pause, ...again);
    expect(decisions.slice(-again.length).map(({ pace }) => pace)).not.toContain(0);
  });

  test('never on the processor', () => {
    const decisions = play(...every(0, 60, RUNNING));
    expect(decisions.map(({ pace }) => pace)).not.toContain(0);
  });
});

/** A driver that tells once a second the mean of the second before, of ours and of others’ load. */
function simulate(
  seconds: number,
  others: (atS: number) => number,
  celsiusAt = (atS: number) => 45 + (atS % 4),
): Decision[] {
  const STEP_S = 0.25;
  let steps: [number, Partial<Scene>][] = ARMED.map(([atS, changes]) => [atS, changes]);
  const loads: number[] = [];
  let decisions = play(...steps);
  for (let atS = 14; atS < seconds; atS += STEP_S) {
    const isOurs = loads.length > 0 && (decisions.at(-1)?.pace ?? 0) > 0;
    loads.push(isOurs ? 90 : others(atS));
    const sampledS = Math.floor(atS);
    const until = loads.length - (atS - sampledS) / STEP_S;
    const second = loads.slice(Math.max(0, until - 4), Math.max(1, until));
    const mean = second.reduce((sum, load) => sum + load, 0) / second.length;
    const ageMs = (atS - sampledS) * 1000;
    const celsius = celsiusAt(sampledS);
    const card = { foreignLoadPercent: null, loadPercent: mean, celsius };
    steps = [...steps, [atS, { ...withCard(card), ...RUNNING, ageMs }]];
    decisions = play(...steps);
    if (decisions.at(-1)?.status.mode !== 'serving') break;
  }
  return decisions.slice(ARMED.length);
}

test('alone on the card, silences cost less than an eighth of the time', () => {
  const decisions = simulate(120, () => 0);
  expect(decisions.every(({ status }) => status.mode === 'serving')).toBe(true);
  const silent = decisions.filter(({ pace }) => pace === 0).length;
  expect(silent).toBeGreaterThan(10);
  expect(silent / decisions.length).toBeLessThan(0.125);
});

test('somebody else is noticed within twenty seconds', () => {
  const decisions = simulate(80, (atS) => (atS > 40 ? 50 : 0));
  expect(decisions.at(-1)?.status.reasons[0]).toMatchObject({
    code: 'other-gpu-app',
    detail: 'another program, 50 %',
  });
  expect(decisions.length / 4 + 14).toBeLessThan(60);
});

test('a sensor that stands still is found, silences or not', () => {
  const decisions = simulate(
    160,
    () => 0,
    () => 45,
  );
  expect(decisions.at(-1)?.status.reasons[0]?.code).toBe('sensor-frozen');
});

const looks = fc.array(
  fc.record({
    passedMs: fc.integer({ min: 50, max: 2_000 }),
    load: fc.constantFrom(90, 90, 90, 12, 40, 5),
    isRunning: fc.constantFrom(true, true, true, true, false),
    isAnswering: fc.constantFrom(false, false, false, false, false, true),
    isStale: fc.constantFrom(false, false, false, false, true),
  }),
  { minLength: 40, maxLength: 120 },
);

test('whatever happens, a silence is over in time, and the next one is fifteen seconds away', () => {
  let silences = 0;
  fc.assert(
    fc.property(looks, (each) => {
      let nowMs = 14_000;
      const steps = each.map(({ passedMs, load, isRunning, isAnswering, isStale }) => {
        nowMs += passedMs;
        const more = { isAnswering, ageMs: isStale ? 4_000 : 0 };
        return [
          nowMs / 1000,
          loaded(load, { ...more, ...(isRunning ? {} : { relays: NO_RELAYS }) }),
        ] as const;
      });
      const decisions = play(...ARMED, ...steps).slice(ARMED.length);
      let startedMs = 0;
      let endedMs = Number.NEGATIVE_INFINITY;
      let isSilent = false;
      for (const [index, { pace, status, next }] of decisions.entries()) {
        const atMs = (steps[index]?.[0] ?? 0) * 1000;
        const wasSilent = isSilent;
        isSilent = next.probe !== null && next.probe.silentMs !== null;
        if (isSilent) {
          silences += 1;
          expect(pace).toBe(0);
          expect(status.relaysInFlight).toBeGreaterThan(0);
        }
        if (isSilent && !wasSilent) {
          expect(atMs - endedMs).toBeGreaterThanOrEqual(15_000);
          startedMs = atMs;
        }
        // One that was cut off, because nothing ran or the owner asked, has heard nothing and begins anew.
        const { isRunning = false, isAnswering = true } = each[index] ?? {};
        if (wasSilent && pace > 0 && isRunning && !isAnswering) endedMs = atMs;
        if (wasSilent && isSilent) expect(atMs - startedMs).toBeLessThan(6_000);
      }
    }),
    { numRuns: 200 },
  );
  expect(silences).toBeGreaterThan(100);
});
