/** What holds for every decision, whatever is read, remembered or configured. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT_START, decide, type Decision } from '../../../electron/governor/decide.ts';
import { DUTY, STALE_MS } from '../../../electron/governor/policy.ts';
import type { Readings } from '../../../electron/governor/sensors.ts';
import type { Facts } from '../../../electron/governor/vetoes.ts';
import { REASON_CODES, statusSchema } from '../../../electron/ipc/status.ts';
import {
  anyNumber,
  config,
  facts,
  moment,
  policy,
  trace,
  type Look,
} from './arbitrary-governor.ts';

const running = ({ relays }: Facts): number => relays.away + relays.locked + relays.always;
const age = ({ now }: Look, reading: { readonly atMs: number } | null): number =>
  now.monotonicMs - (reading?.atMs ?? Number.NaN);

/** Calls back with every look of a trace, what was decided before it and from it. */
function follow(
  looks: readonly Look[],
  told: (look: Look, decision: Decision, before: Decision | null) => void,
): void {
  let before: Decision | null = null;
  for (const look of looks) {
    const decision = decide(before?.next ?? AT_START, look.facts, look.config, look.now);
    told(look, decision, before);
    before = decision;
  }
}

function expectWellFormed({ facts: given }: Look, decision: Decision): void {
  const { status, endsRelays, pace, wish, next } = decision;
  const { mode, duty, reasons } = status;
  expect(duty > 0).toBe(mode === 'serving');
  expect(duty).toBeLessThanOrEqual(DUTY[status.policy]);
  expect(status.dutyCause === null).toBe(mode !== 'serving');
  // All time without serving has a reason.
  expect(reasons.length === 0).toBe(mode === 'serving');
  const order = reasons.map(({ code }) => REASON_CODES.indexOf(code));
  expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
  if (mode === 'draining') expect(running(given)).toBeGreaterThan(0);
  if (mode === 'off' || mode === 'waiting') expect(running(given)).toBe(0);
  for (const taken of endsRelays) expect(given.relays[taken]).toBeGreaterThan(0);
  const goesOn = (['away', 'locked', 'always'] as const).some(
    (taken) => given.relays[taken] > 0 && !endsRelays.includes(taken),
  );
  const isSilent = next.probe !== null && next.probe.silentMs !== null;
  if (isSilent) expect(running(given) > 0 && given.node.device.kind === 'gpu').toBe(true);
  expect(pace > 0).toBe((mode === 'serving' || goesOn) && !isSilent);
  if (mode === 'serving') expect(pace).toBe(isSilent ? 0 : duty);
  const mayAsk = mode === 'serving' || mode === 'draining' || next.card?.phase === 'arming';
  if (wish?.withGpu === true) expect(mayAsk && given.node.device.kind === 'gpu').toBe(true);
}

function expectSafe(look: Look, { status, endsRelays }: Decision): void {
  const { readings: read, node } = look.facts;
  expect(read.power?.value).toBe('mains');
  expect(age(look, read.power)).toBeLessThanOrEqual(STALE_MS.power);
  expect(read.isSuspended).toBe(false);
  for (const part of [read.isLidShut, read.isOnUps, read.isSavingPower]) {
    expect(part?.value ?? false).toBe(false);
  }
  for (const key of ['apps', 'isLidShut', 'isOnUps', 'isSavingPower', 'batteryPercent'] as const) {
    if (read[key] !== null) expect(age(look, read[key])).toBeLessThanOrEqual(STALE_MS[key]);
  }
  expect(read.apps?.value.filter(({ by }) => by === 'mark') ?? []).toEqual([]);
  expect(look.config.isOn || (look.config.trialRelaysLeft ?? 0) > 0).toBe(true);
  expect(node).toMatchObject({ model: 'ready', engine: 'ready', network: 'ready' });
  expect(['none', 'passed']).toContain(node.selfTest);
  expect(endsRelays).not.toContain(status.policy);
  if (status.policy === 'away') {
    expect(age(look, read.idleMs)).toBeLessThanOrEqual(STALE_MS.presence);
    expect(read.idleMs?.value).toBeGreaterThanOrEqual(29_000);
  }
  if (status.policy === 'locked') {
    expect(read.isLocked?.value).toBe(true);
    expect(age(look, read.isLocked)).toBeLessThanOrEqual(STALE_MS.presence);
  }
}

test('over every trace: serving means that all that is needed is fresh and good, and anything else has a reason', () => {
  const served = { cpu: 0, gpu: 0 };
  fc.assert(
    fc.property(trace, (looks) => {
      let cardMs = Number.NEGATIVE_INFINITY;
      follow(looks, (look, decision) => {
        expectWellFormed(look, decision);
        cardMs = Math.max(cardMs, look.facts.readings.gpus?.atMs ?? cardMs);
        if (decision.status.mode !== 'serving') return;
        served[look.facts.node.device.kind] += 1;
        expectSafe(look, decision);
        if (look.facts.node.device.kind === 'cpu') return;
        if (look.config.settings.servesWithoutHeat) return;
        expect(look.now.monotonicMs - cardMs).toBeLessThanOrEqual(STALE_MS.gpus);
      });
    }),
    { numRuns: 400 },
  );
  // Otherwise the traces would prove nothing.
  expect(served.cpu).toBeGreaterThan(200);
  expect(served.gpu).toBeGreaterThan(20);
});

test('over every trace: no relay comes to a card that has not been watched for ten seconds', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      let askedMs: number | null = null;
      follow(looks, ({ now, facts: given }, { status, wish }) => {
        const isGpu = given.node.device.kind === 'gpu';
        if (isGpu && status.mode === 'serving') {
          expect(askedMs).not.toBeNull();
          expect(now.monotonicMs - (askedMs ?? 0)).toBeGreaterThanOrEqual(10_000);
        }
        askedMs = wish?.withGpu === true ? (askedMs ?? now.monotonicMs) : null;
      });
    }),
    { numRuns: 150 },
  );
});

test('over every trace: the duty does not go up within five seconds of going down', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      let lowered = Number.NEGATIVE_INFINITY;
      follow(looks, ({ now }, { status }, before) => {
        if (status.mode !== 'serving' || before?.status.mode !== 'serving') {
          lowered = Number.NEGATIVE_INFINITY;
          return;
        }
        if (status.duty < before.status.duty) lowered = now.monotonicMs;
        if (status.duty <= before.status.duty) return;
        expect(now.monotonicMs - lowered).toBeGreaterThanOrEqual(5_000);
      });
    }),
    { numRuns: 150 },
  );
});

const AFTER_A_WHILE = ['owner-active', 'not-locked', 'presence-unknown'];

test('over every trace: the owner keeps their engine, but for sleep and a card at its limit', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      follow(looks, ({ facts: { node, readings: read } }, { release, status }) => {
        if (release === null) return;
        expect(node.holdsMemory).toBe(true);
        expect(status.mode).not.toBe('serving');
        if (node.isAnswering) expect(['suspended', 'gpu-critical']).toContain(release);
        if (node.isOwners) expect(AFTER_A_WHILE).not.toContain(release);
        if (release === 'suspended') expect(read.isSuspended).toBe(true);
      });
    }),
    { numRuns: 150 },
  );
});

test('over every trace: a computer stays awake only on mains, without a battery, and for its relays', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      follow(looks, ({ facts: { readings: read }, config: asked }, { keepsAwake }) => {
        if (!keepsAwake) return;
        expect(asked.settings.keepsAwake).toBe(true);
        expect(read.power?.value).toBe('mains');
        expect(read.batteryPercent).toBeNull();
        expect(read.isLidShut).toBeNull();
      });
    }),
    { numRuns: 150 },
  );
});

test('over every trace: a clock that goes back or jumps stops everything', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      follow(looks, ({ now, config: asked }, { status }, before) => {
        const last = before?.next.senses?.at;
        if (last === undefined || !asked.isOn) return;
        const passedMs = now.monotonicMs - last.monotonicMs;
        const slipMs = Math.abs(now.unixMs - last.unixMs - passedMs);
        if (passedMs >= 0 && passedMs <= 15_000 && slipMs <= 5_000) return;
        expect(status.mode).not.toBe('serving');
      });
    }),
    { numRuns: 100 },
  );
});

test('over every trace: the same again gives the same again, also after JSON', () => {
  fc.assert(
    fc.property(trace, (looks) => {
      let stored = JSON.stringify(AT_START);
      follow(looks, ({ now, facts: read, config: asked }, decision) => {
        expect(decide(JSON.parse(stored) as typeof AT_START, read, asked, now)).toEqual(decision);
        stored = JSON.stringify(decision.next);
      });
    }),
    { numRuns: 100 },
  );
});

test('total: no number makes it throw, and its output is a status', () => {
  fc.assert(
    fc.property(moment, facts(anyNumber), config, moment, facts(anyNumber), (...given) => {
      const [first, before, asked, second, after] = given;
      const { next } = decide(AT_START, before, asked, first);
      const { status } = decide(next, after, asked, second);
      expect(status.duty === 0).toBe(status.mode !== 'serving');
      if (Number.isFinite(status.sinceMs)) expect(() => statusSchema.parse(status)).not.toThrow();
    }),
    { numRuns: 1000 },
  );
});

test('total: whatever JSON it is given, it serves nothing that it does not understand', () => {
  const valid = { facts: facts(fc.constant(0)), config, now: moment };
  const broken = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined));
  fc.assert(
    fc.property(fc.record(valid), broken, broken, fc.nat(3), (given, wrong, other, which) => {
      const inputs: unknown[] = [AT_START, given.facts, given.config, given.now];
      inputs[which] = wrong;
      if (which === 1 && other !== null)
        inputs[1] = { ...given.facts, node: other, readings: wrong };
      // What a file or another process may hand over, whatever the types say.
      const [state, facts_, asked, now] = inputs as Parameters<typeof decide>;
      const decision = decide(state, facts_, asked, now);
      expect(['off', 'waiting', 'serving', 'draining']).toContain(decision.status.mode);
      expect(decision.status.mode !== 'serving' || which === 0 || which === 2).toBe(true);
      expect(JSON.stringify(decide(decision.next, given.facts, given.config, given.now))).not.toBe(
        '',
      );
    }),
    { numRuns: 1000 },
  );
});

const HITS = ['input', 'sleep', 'lid', 'game', 'full screen', 'silence', 'wrong answer'] as const;

test('from any state, whatever takes the machine back does so in the same look', () => {
  fc.assert(
    fc.property(trace, policy, fc.constantFrom(...HITS), (looks, taken, hit) => {
      let state = AT_START;
      follow(looks, (_look, { next }) => {
        state = next;
      });
      const last = looks.at(-1);
      if (last === undefined) return;
      const now = { ...last.now, monotonicMs: last.now.monotonicMs + 1 };
      const reading = <Value>(value: Value) => ({ value, atMs: now.monotonicMs, source: 'it' });
      const returned: Readings = {
        ...last.facts.readings,
        idleMs: reading(hit === 'input' ? 0 : 3_600_000),
        isLocked: reading(hit !== 'input'),
        isSuspended: hit === 'sleep' || (hit === 'input' && taken === 'always'),
        isLidShut: reading(hit === 'lid'),
        apps: reading(hit === 'game' ? [{ name: 'new', by: 'mark' as const }] : []),
        ...(hit === 'full screen' ? { isLocked: reading(false), fullscreen: reading('new') } : {}),
        ...(hit === 'silence'
          ? { isOnUps: { ...reading(false), atMs: now.monotonicMs - 30_001 } }
          : {}),
      };
      const relays = { away: 0, locked: 0, always: 0, [taken]: 1 };
      const node = {
        ...last.facts.node,
        ...(hit === 'wrong answer' ? { selfTest: 'failed' as const } : {}),
      };
      const { status, endsRelays, pace } = decide(
        state,
        { ...last.facts, node, readings: returned, relays },
        { ...last.config, policy: taken, trialRelaysLeft: null },
        now,
      );
      expect(endsRelays).toEqual([taken]);
      expect(status.mode).toBe('draining');
      expect(pace).toBe(0);
    }),
    { numRuns: 300 },
  );
});
