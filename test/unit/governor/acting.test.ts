/** What is made of decisions: when the engine is paced and killed, and what happens when that does not work. */
import { describe, expect, test } from 'vitest';
import { createActing, YIELD_LIMIT_MS, type Orders } from '../../../electron/governor/acting.ts';
import type { NodeFacts } from '../../../electron/governor/ports.ts';
import { createFakeActuators, READY_NODE } from '../../fakes/fake-actuators.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { turn } from '../../fakes/supervised-engine.ts';

const SERVING: Orders = {
  pace: 1,
  release: null,
  keepsAwake: false,
  powerLimitWatts: null,
  isGivingBack: false,
  holdsMemory: true,
  isOwners: false,
};
const STILL: Orders = { ...SERVING, pace: 0 };
const YIELD: Orders = { ...STILL, isGivingBack: true };

async function setUp({ isPrompt = true } = {}) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const actuators = createFakeActuators();
  actuators.isPrompt = isPrompt;
  const heard: string[] = [];
  let node: NodeFacts = { ...READY_NODE, holdsMemory: true };
  const turnsTo = (change: Partial<NodeFacts>) => {
    node = { ...node, ...change };
  };
  const acting = createActing(
    actuators,
    { clock, log, nodeFacts: () => node },
    { onStopped: () => heard.push('stopped'), onReleased: () => heard.push('released') },
  );
  const apply = async (orders: Orders) => {
    acting.apply(orders);
    await turn();
  };
  const pass = async (ms: number) => {
    clock.advance(ms);
    await turn();
  };
  const { calls } = actuators;
  await apply(SERVING);
  actuators.answer();
  await turn();
  return { clock, log, actuators, acting, apply, pass, calls, heard, turnsTo };
}

describe('pace', () => {
  test('is asked for when it changes and not otherwise', async () => {
    const { apply, calls } = await setUp();
    for (const pace of [1, 0.5, 0.5, 0, 0, 0.7]) await apply({ ...SERVING, pace });
    expect(calls).toEqual(['pace 1', 'pace 0.5', 'pace 0', 'pace 0.7']);
  });

  test('that fails is logged once and asked for again, with the next decision or a second later', async () => {
    const { apply, calls, actuators, log, pass } = await setUp();
    actuators.broken.add('pace');
    await apply(STILL);
    await apply(STILL);
    await pass(1000);
    expect(calls).toEqual(['pace 1', 'pace 0', 'pace 0', 'pace 0']);
    expect(log.lines.filter((line) => line.includes('pacing relays'))).toHaveLength(1);
    actuators.broken.clear();
    await pass(1000);
    await pass(60_000);
    expect(calls).toHaveLength(5);
  });

  test('of an older decision that comes late changes nothing', async () => {
    const { apply, actuators, heard } = await setUp({ isPrompt: false });
    await apply(YIELD);
    await apply(SERVING);
    actuators.answer();
    await turn();
    expect(heard).toEqual([]);
  });
});

describe('an engine that is to stand still', () => {
  test('is left alone when it says so in time', async () => {
    const { apply, actuators, pass, calls, heard } = await setUp({ isPrompt: false });
    await apply(YIELD);
    await pass(YIELD_LIMIT_MS - 1);
    actuators.answer();
    await turn();
    await pass(60_000);
    expect(heard).toEqual(['stopped']);
    expect(calls).not.toContain('release');
  });

  test('is killed when it does not', async () => {
    const { apply, pass, calls, log } = await setUp({ isPrompt: false });
    await apply(YIELD);
    await apply(STILL);
    await pass(YIELD_LIMIT_MS - 1);
    expect(calls).not.toContain('release');
    await pass(1);
    expect(calls.at(-1)).toBe('release');
    expect(log.lines.join()).toContain('did not stand still');
    await apply({ ...STILL, holdsMemory: false });
    await pass(60_000);
    expect(calls.filter((call) => call === 'release')).toHaveLength(1);
  });

  test('but not when its owner uses it, or nobody asked it for the computer', async () => {
    for (const orders of [{ ...YIELD, isOwners: true }, STILL]) {
      const { apply, pass, calls } = await setUp({ isPrompt: false });
      await apply(orders);
      await pass(60_000);
      expect(calls).not.toContain('release');
    }
  });

  test('and is served again before the time is over, lives', async () => {
    const { apply, pass, calls } = await setUp({ isPrompt: false });
    await apply(YIELD);
    await pass(100);
    await apply(SERVING);
    await pass(60_000);
    expect(calls).not.toContain('release');
  });

  test('and already does counts as stopped at once', async () => {
    const { apply, heard } = await setUp();
    await apply(STILL);
    expect(heard).toEqual(['stopped']);
    await apply(YIELD);
    expect(heard).toEqual(['stopped', 'stopped']);
  });
});

describe('a release', () => {
  test('waits for the engine to stand still, a quarter of a second at most', async () => {
    const { apply, pass, actuators, calls, heard } = await setUp({ isPrompt: false });
    await apply({ ...YIELD, release: 'game' });
    expect(calls).not.toContain('release');
    actuators.answer();
    await turn();
    expect(calls.at(-1)).toBe('release');
    expect(heard).toEqual(['stopped', 'released']);

    const other = await setUp({ isPrompt: false });
    await other.apply({ ...YIELD, release: 'game' });
    await other.pass(YIELD_LIMIT_MS);
    expect(other.calls.at(-1)).toBe('release');
    await pass(0);
  });

  test.each(['suspended', 'lid-shut', 'gpu-lost', 'gpu-critical'] as const)(
    'waits for nothing when the reason is %s: it is over before the decision has been told',
    async (release) => {
      const { acting, calls } = await setUp({ isPrompt: false });
      acting.apply({ ...YIELD, release });
      expect(calls.slice(-2)).toEqual(['pace 0', 'release']);
    },
  );

  test('happens once for each process, however often it is decided', async () => {
    const { apply, calls, actuators, pass } = await setUp();
    const releases = () => calls.filter((call) => call === 'release').length;
    const order: Orders = { ...STILL, release: 'game' };
    actuators.isMemoryPrompt = false;
    await apply(order);
    await apply(order);
    await pass(500);
    await apply(order);
    expect(releases()).toBe(1);
    actuators.free();
    await turn();
    // Nothing has been seen of another process yet.
    await apply(order);
    expect(releases()).toBe(1);
    await apply({ ...order, holdsMemory: false });
    await pass(60_000);
    expect(releases()).toBe(1);
    await apply(order);
    expect(releases()).toBe(2);
  });

  test('that is no longer wanted when the engine stands still does not happen', async () => {
    const { apply, actuators, pass, calls } = await setUp({ isPrompt: false });
    await apply({ ...YIELD, release: 'game' });
    await apply(STILL);
    actuators.answer();
    await turn();
    await pass(60_000);
    expect(calls).not.toContain('release');
  });

  test.each([
    ['game', { isAnswering: true, isOwners: true }, false],
    ['owner-active', { isOwners: true }, false],
    ['suspended', { isAnswering: true, isOwners: true }, true],
  ] as const)(
    'for %s, when the owner asked something after it was decided: %j, happens: %s',
    async (release, change, happens) => {
      const { apply, actuators, calls, turnsTo, acting } = await setUp({ isPrompt: false });
      if (!happens) {
        await apply({ ...YIELD, release });
        turnsTo(change);
      } else {
        turnsTo(change);
        acting.apply({ ...YIELD, release });
      }
      actuators.answer();
      await turn();
      expect(calls.includes('release')).toBe(happens);
      turnsTo({ isAnswering: false, isOwners: false });
      await apply({ ...YIELD, release });
      expect(calls).toContain('release');
    },
  );

  test('of an engine that stands not still waits for an answer to its owner as well', async () => {
    const { apply, pass, calls, turnsTo } = await setUp({ isPrompt: false });
    await apply(YIELD);
    turnsTo({ isAnswering: true, isOwners: true });
    await pass(YIELD_LIMIT_MS);
    expect(calls).not.toContain('release');
  });

  test('that fails is logged and tried again while it is wanted', async () => {
    const { apply, calls, actuators, log, pass, heard } = await setUp();
    actuators.broken.add('release');
    await apply({ ...STILL, release: 'game' });
    await pass(1000);
    expect(calls.filter((call) => call === 'release')).toHaveLength(2);
    expect(log.lines.filter((line) => line.includes('releasing'))).toHaveLength(1);
    actuators.broken.clear();
    await pass(1000);
    await pass(60_000);
    expect(calls.filter((call) => call === 'release')).toHaveLength(3);
    expect(heard.at(-1)).toBe('released');
  });

  test('is nothing without a process', async () => {
    const { apply, calls } = await setUp();
    await apply({ ...STILL, holdsMemory: false, release: 'game' });
    expect(calls).not.toContain('release');
  });
});

describe('the rest', () => {
  test('is moved when it changes, and put back at the end', async () => {
    const { apply, acting, calls } = await setUp();
    const order: Orders = { ...SERVING, keepsAwake: true, powerLimitWatts: 200 };
    await apply(order);
    await apply(order);
    acting.dispose();
    acting.dispose();
    await apply(order);
    const rest = calls.filter((call) => !call.startsWith('pace'));
    expect(rest).toEqual([
      'keepAwake true',
      'limitPower 200',
      'keepAwake false',
      'limitPower null',
    ]);
  });

  test.each(['keepAwake', 'limitPower'] as const)(
    'that fails (%s) keeps nothing else from happening, and is tried again',
    async (what) => {
      const { apply, calls, actuators, pass, log } = await setUp();
      actuators.broken.add(what);
      await apply({ ...STILL, keepsAwake: true, powerLimitWatts: 200 });
      expect(calls).toContain('pace 0');
      const tries = () => calls.filter((call) => call.startsWith(what)).length;
      expect(tries()).toBe(1);
      await pass(1000);
      expect(tries()).toBe(2);
      actuators.broken.clear();
      await pass(1000);
      await pass(10_000);
      expect(tries()).toBe(3);
      expect(log.lines).toHaveLength(1);
    },
  );
});
