/** What holds for every decision, whatever is read, remembered or configured. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT_START, decide, type DecideConfig } from '../../../electron/governor/decide.ts';
import { DUTY, STALE_MS } from '../../../electron/governor/policy.ts';
import type { Readings } from '../../../electron/governor/sensors.ts';
import type { Facts } from '../../../electron/governor/vetoes.ts';
import { REASON_CODES, statusSchema } from '../../../electron/ipc/status.ts';

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 400_000 }),
  fc.constantFrom(0, 30_000, 120_000, 300_000, Number.NaN, Infinity, -Infinity),
);
const away = fc.integer({ min: 250_000, max: 4_000_000 });
const rarely = fc.constantFrom(false, false, false, false, false, false, false, true);
const policy = fc.constantFrom('away' as const, 'locked' as const, 'always' as const);

function readings(atMs: fc.Arbitrary<number>): fc.Arbitrary<Readings> {
  const reading = <Value>(value: fc.Arbitrary<Value>) =>
    fc.option(fc.record({ value, atMs, source: fc.string() }), { freq: 8 });
  return fc.record({
    idleMs: reading(fc.oneof({ weight: 1, arbitrary: anyNumber }, { weight: 4, arbitrary: away })),
    isLocked: reading(fc.constantFrom(true, true, true, false)),
    power: reading(rarely.map((isOff) => (isOff ? ('battery' as const) : ('mains' as const)))),
    isSuspended: rarely,
    unknownIdle: fc.option(fc.string()),
    unknownLock: fc.option(fc.string()),
    unknownPower: fc.option(fc.string()),
  });
}

const count = fc.nat(3);
function facts(atMs: fc.Arbitrary<number>): fc.Arbitrary<Facts> {
  return fc.record({
    readings: readings(atMs),
    node: fc.record({
      model: fc.constantFrom(
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'none' as const,
      ),
      engine: fc.constantFrom(
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'preparing' as const,
        'failed' as const,
      ),
      network: fc.constantFrom(
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'ready' as const,
        'off' as const,
        'starting' as const,
        'failed' as const,
      ),
    }),
    relays: fc.record({ away: count, locked: count, always: count }),
  });
}

const config: fc.Arbitrary<DecideConfig> = fc.record({
  isOn: fc.boolean(),
  policy,
  chosenBy: fc.constantFrom('owner' as const, 'command-line' as const),
  snoozedUntilMs: fc.option(anyNumber, { freq: 1 }),
  trialRelaysLeft: fc.option(fc.nat(3)),
});
const moment = fc.record({ monotonicMs: anyNumber, unixMs: anyNumber });

/** Looks at growing times, with readings of about that time. */
const trace = fc
  .array(
    fc.record({
      passedMs: fc.oneof(
        fc.constant(250),
        fc.constant(2000),
        fc.integer({ min: -100, max: 400_000 }),
      ),
      slipMs: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: -9000, max: 9000 }) },
      ),
      config,
      facts: facts(fc.constantFrom(0, 0, 0, 0, 0, 100, 2000, 3000, 3001, 40_000, -5)),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((looks) => {
    let [monotonicMs, unixMs] = [0, 1_700_000_000_000];
    return looks.map(({ passedMs, slipMs, config: asked, facts: { readings: read, ...rest } }) => {
      monotonicMs += passedMs;
      unixMs += passedMs + slipMs;
      // The generated time is an age.
      const aged = <Value extends { readonly atMs: number }>(each: Value | null) =>
        each === null ? null : { ...each, atMs: monotonicMs - each.atMs };
      const made: Facts = {
        ...rest,
        readings: {
          ...read,
          idleMs: aged(read.idleMs),
          isLocked: aged(read.isLocked),
          power: aged(read.power),
        },
      };
      return { now: { monotonicMs, unixMs }, facts: made, config: asked };
    });
  });

test('over every trace: serving means that all that is needed is fresh and good, and anything else has a reason', () => {
  let served = 0;
  fc.assert(
    fc.property(trace, (looks) => {
      let state = AT_START;
      for (const {
        now,
        facts: { readings: read, node, relays },
        config: asked,
      } of looks) {
        const { next, status, endsRelays } = decide(
          state,
          { readings: read, node, relays },
          asked,
          now,
        );
        state = next;
        const { mode, duty, reasons } = status;
        expect(duty).toBe(mode === 'serving' ? DUTY[status.policy] : 0);
        expect(reasons.length === 0).toBe(mode === 'serving');
        const order = reasons.map(({ code }) => REASON_CODES.indexOf(code));
        expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
        const running = relays.away + relays.locked + relays.always;
        if (mode === 'draining') expect(running).toBeGreaterThan(0);
        if (mode === 'off' || mode === 'waiting') expect(running).toBe(0);
        for (const taken of endsRelays) expect(relays[taken]).toBeGreaterThan(0);
        if (mode !== 'serving') continue;
        served += 1;
        const age = (reading: { readonly atMs: number } | null) =>
          now.monotonicMs - (reading?.atMs ?? Number.NaN);
        expect(read.power?.value).toBe('mains');
        expect(age(read.power)).toBeLessThanOrEqual(STALE_MS.power);
        expect(read.isSuspended).toBe(false);
        expect(asked.isOn || (asked.trialRelaysLeft ?? 0) > 0).toBe(true);
        expect(node).toEqual({ model: 'ready', engine: 'ready', network: 'ready' });
        expect(endsRelays).not.toContain(status.policy);
        if (status.policy === 'away') {
          expect(age(read.idleMs)).toBeLessThanOrEqual(STALE_MS.presence);
          expect(read.idleMs?.value).toBeGreaterThanOrEqual(29_000);
        }
        if (status.policy === 'locked') {
          expect(read.isLocked?.value).toBe(true);
          expect(age(read.isLocked)).toBeLessThanOrEqual(STALE_MS.presence);
        }
      }
    }),
    { numRuns: 2000 },
  );
  // Otherwise the traces would prove nothing.
  expect(served).toBeGreaterThan(200);
});

test('over every trace: the same again gives the same again, also after JSON', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      let [state, stored] = [AT_START, JSON.stringify(AT_START)];
      for (const { now, facts: read, config: asked } of looks) {
        const decision = decide(state, read, asked, now);
        expect(decide(JSON.parse(stored) as typeof AT_START, read, asked, now)).toEqual(decision);
        state = decision.next;
        stored = JSON.stringify(state);
      }
    }),
    { numRuns: 300 },
  );
});

test('total: no input makes it throw, and its output is a status', () => {
  fc.assert(
    fc.property(
      moment,
      facts(anyNumber),
      config,
      moment,
      facts(anyNumber),
      (first, before, asked, second, after) => {
        const { next } = decide(AT_START, before, asked, first);
        const { status } = decide(next, after, asked, second);
        expect(status.duty === 0).toBe(status.mode !== 'serving');
        if (Number.isFinite(status.sinceMs)) expect(() => statusSchema.parse(status)).not.toThrow();
      },
    ),
    { numRuns: 5000 },
  );
});

test('from any state, whatever takes the machine back does so in the same look', () => {
  fc.assert(
    fc.property(trace, policy, (looks, taken) => {
      let state = AT_START;
      for (const { now, facts: read, config: asked } of looks)
        state = decide(state, read, asked, now).next;
      const now = {
        monotonicMs: (looks.at(-1)?.now.monotonicMs ?? 0) + 1,
        unixMs: looks.at(-1)?.now.unixMs ?? 0,
      };
      const reading = <Value>(value: Value) => ({ value, atMs: now.monotonicMs, source: 'it' });
      const last = looks.at(-1);
      if (last === undefined) return;
      const returned: Readings = {
        ...last.facts.readings,
        idleMs: reading(0),
        isLocked: reading(false),
        isSuspended: taken === 'always',
      };
      const relays = { away: 0, locked: 0, always: 0, [taken]: 1 };
      const { status, endsRelays } = decide(
        state,
        { ...last.facts, readings: returned, relays },
        { ...last.config, policy: taken, trialRelaysLeft: null },
        now,
      );
      expect(endsRelays).toEqual([taken]);
      expect(status.mode).toBe('draining');
    }),
    { numRuns: 1000 },
  );
});
