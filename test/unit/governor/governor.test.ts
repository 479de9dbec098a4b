/** The governor round its decision: when it looks, what it tells, and the gate that makes it true. */
import { afterEach, describe, expect, test } from 'vitest';
import { createGovernor } from '../../../electron/governor/governor.ts';
import { createOpenGate } from '../../../electron/governor/open-gate.ts';
import type { GovernorConfig, PacedEngine } from '../../../electron/governor/ports.ts';
import { statusSchema } from '../../../electron/ipc/status.ts';
import { createFakeActuators, READY_NODE } from '../../fakes/fake-actuators.ts';
import { createFakeSensors } from '../../fakes/fake-sensors.ts';
import {
  CONFIG,
  createGovernorWorld,
  END,
  relay,
  scriptedEngine,
  WORD,
  type Asked,
} from '../../fakes/governor-world.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { turn } from '../../fakes/supervised-engine.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function setUp(config: Partial<GovernorConfig> = {}) {
  const world = createGovernorWorld(config);
  cleanUps.push(world.governor.dispose);
  return world;
}

describe('looking', () => {
  test('reads nothing, asks for nothing and has no timer while earning is off', () => {
    const { sensors, clock, told } = setUp({ isOn: false });
    clock.advance(3_600_000);
    expect(sensors).toMatchObject({ reads: 0, watched: [] });
    expect(told.map(({ mode }) => mode)).toEqual(['off']);
  });

  test('every two seconds while waiting, four times a second while serving, never after', () => {
    const { sensors, clock, governor, facts } = setUp({ isOn: false });
    facts.engine = 'preparing';
    governor.configure({ isOn: true });
    const readsIn = (ms: number) => {
      const before = sensors.reads;
      clock.advance(ms);
      return sensors.reads - before;
    };
    expect(readsIn(20_000)).toBe(10);
    facts.engine = 'ready';
    clock.advance(2000);
    expect(governor.status().mode).toBe('serving');
    expect(readsIn(20_000)).toBe(80);
    governor.configure({ isOn: false });
    expect(readsIn(3_600_000)).toBe(0);
    expect(sensors.watched).toEqual([2000, 250, null]);
  });

  test('goes on while a relay is being finished, and stops with it', async () => {
    const world = setUp();
    const { sensors, governor, engine } = world;
    const { done } = relay(world, engine);
    await turn();
    governor.configure({ isOn: false });
    expect(governor.status()).toMatchObject({ mode: 'draining', relaysInFlight: 1, duty: 0 });
    expect(sensors.watched.at(-1)).toBe(150);
    await engine.say(END);
    await done;
    expect(governor.status()).toMatchObject({ mode: 'off', relaysInFlight: 0 });
    expect(sensors.watched.at(-1)).toBeNull();
  });

  test('tells a status once, and the next when it is another', () => {
    const { clock, told, facts, governor } = setUp();
    clock.advance(60_000);
    expect(told).toHaveLength(1);
    facts.model = 'none';
    governor.look();
    governor.look();
    expect(told.map(({ mode }) => mode)).toEqual(['serving', 'waiting']);
  });

  test('asked to decide while it tells, it does so afterwards', () => {
    const clock = createManualClock();
    const modes: string[] = [];
    const governor = createGovernor(
      {
        sensors: createFakeSensors(clock),
        actuators: createFakeActuators(),
        clock,
        log: createMemoryLog(),
        nodeFacts: () => READY_NODE,
        minuteOfWeek: () => 0,
        onDecision: () => undefined,
        onGiveBack: () => undefined,
        onStatus({ mode }) {
          modes.push(mode);
          if (modes.length === 2) governor.configure({ isOn: false });
        },
      },
      { ...CONFIG, isOn: false, policy: 'always', chosenBy: 'command-line' },
    );
    governor.configure({ isOn: true });
    expect(modes).toEqual(['off', 'serving', 'off']);
    expect(governor.admits()).toBe('not-serving');
    governor.dispose();
  });

  test('nothing happens after it was disposed of, which ends what runs', async () => {
    const world = setUp();
    const { outcome, done } = relay(world, world.engine);
    await turn();
    world.governor.dispose();
    await done;
    expect(outcome.error).toMatchObject({ code: 'owner-returned' });
    const { reads } = world.sensors;
    world.clock.advance(60_000);
    world.sensors.emit();
    expect(world.sensors.reads).toBe(reads);
    expect(world.sensors.watched.at(-1)).toBeNull();
    expect(world.governor.admits()).toBe('not-serving');
  });
});

describe('the gate', () => {
  test('lets a relay through, and paces all of them by the duty of the policy', async () => {
    for (const [policy, duty] of [
      ['away', 1],
      ['always', 0.5],
    ] as const) {
      const world = setUp({ policy });
      const { events, done } = relay(world, world.engine);
      await turn();
      await world.engine.say(WORD);
      expect(world.governor.status().relaysInFlight).toBe(1);
      await world.engine.say(END);
      await done;
      expect(events).toEqual([WORD, END]);
      expect(world.engine.duties).toEqual([1]);
      expect(world.actuators.calls).toEqual([`pace ${String(duty)}`]);
      expect(world.governor.status().relaysInFlight).toBe(0);
    }
  });

  test.each([
    ['off', { isOn: false }, {}],
    ['owner there', {}, { idleSeconds: 0 }],
    ['no readings', {}, { idleSeconds: null }],
    ['on battery', { policy: 'always' }, { power: 'battery' }],
  ] as const)('keeps everything from the engine: %s', async (_name, config, change) => {
    const world = setUp(config);
    Object.assign(world.sensors, change);
    // Nobody has looked since: the gate does.
    const { outcome, done } = relay(world, world.engine);
    await done;
    expect(outcome.error).toMatchObject({ code: 'owner-returned' });
    expect(world.engine.state.started).toBe(0);
    expect(world.governor.admits()).toBe('not-serving');
  });

  test('is asked as things are now, not as they were at the last look', () => {
    const { governor, sensors, facts } = setUp();
    expect(governor.admits()).toBeNull();
    facts.network = 'starting';
    expect(governor.admits()).toBe('not-serving');
    facts.network = 'ready';
    expect(governor.admits()).toBeNull();
    sensors.idleSeconds = 0;
    expect(governor.admits()).toBe('not-serving');
  });

  test('ends what runs in the tick in which the owner is seen, also when the engine does not listen', async () => {
    const world = setUp();
    const engine = scriptedEngine(true);
    const { events, outcome } = relay(world, engine);
    await turn();
    await engine.say(WORD);
    world.sensors.idleSeconds = 0;
    world.clock.advance(250);
    expect(engine.state.aborted).toBe(1);
    expect(world.governor.admits()).toBe('not-serving');
    await turn();
    expect(events).toEqual([WORD]);
    expect(outcome).toMatchObject({ isOver: true, error: { code: 'owner-returned' } });
    expect(world.governor.status()).toMatchObject({ mode: 'waiting', relaysInFlight: 0 });
  });

  test('does so without waiting for the next look when the system tells it', async () => {
    const world = setUp({ policy: 'locked' });
    world.sensors.isLocked = true;
    world.governor.look();
    world.clock.advance(32_000);
    expect(world.governor.status().mode).toBe('serving');
    const { outcome } = relay(world, world.engine);
    await turn();
    world.sensors.isLocked = false;
    world.sensors.emit();
    expect(world.engine.state.aborted).toBe(1);
    await turn();
    expect(outcome.error).toMatchObject({ code: 'owner-returned' });
    expect(world.governor.status().reasons).toMatchObject([{ code: 'not-locked' }]);
  });

  test('ends relays of every policy before the computer sleeps', async () => {
    const world = setUp({ policy: 'always' });
    relay(world, world.engine);
    await turn();
    world.sensors.isSuspended = true;
    world.sensors.emit();
    expect(world.engine.state.aborted).toBe(1);
  });

  test('leaves a complete answer alone, and passes on what the engine throws and who leaves', async () => {
    const world = setUp();
    const complete = relay(world, world.engine);
    await turn();
    await world.engine.say(END);
    await complete.done;
    expect(complete.outcome.error).toBeNull();

    const failing: PacedEngine<Asked> = {
      async *generate() {
        throw new Error('the device was lost');
      },
    };
    const failed = relay(world, { ...world.engine, engine: failing });
    await failed.done;
    expect(failed.outcome.error).toMatchObject({ message: 'the device was lost' });

    const leaving = new AbortController();
    const left = relay(world, world.engine, leaving.signal);
    await turn();
    leaving.abort();
    await left.done;
    expect(left.outcome.error).toBeNull();
    expect(left.events).toMatchObject([{ type: 'end', reason: 'cancelled' }]);
    expect(world.governor.status().relaysInFlight).toBe(0);
  });

  test('a relay taken under one policy is judged by it when the policy changes', async () => {
    const world = setUp();
    const away = relay(world, world.engine);
    await turn();
    world.sensors.idleSeconds = 0;
    world.governor.configure({ policy: 'always' });
    await turn();
    // It was given the whole engine; nobody agreed to that with the owner at the desk.
    expect(away.outcome.error).toMatchObject({ code: 'owner-returned' });
    const always = relay(world, world.engine);
    await turn();
    world.governor.configure({ policy: 'away' });
    await turn();
    expect(world.governor.status().mode).toBe('draining');
    await world.engine.say(END);
    await always.done;
    expect(always.outcome.error).toBeNull();
  });
});

describe('a pause', () => {
  test('ends by itself, or at once', () => {
    const { governor, clock } = setUp();
    governor.pause(60_000);
    expect(governor.status().reasons).toEqual([
      { code: 'snoozed', untilMs: clock.nowMs() + 60_000, detail: null },
    ]);
    clock.advance(60_000);
    expect(governor.status().mode).toBe('serving');
    governor.pause(Infinity);
    expect(governor.status().reasons).toMatchObject([{ code: 'snoozed', untilMs: null }]);
    governor.pause(0);
    expect(governor.admits()).toBeNull();
  });
});

describe('a trial', () => {
  test('admits so many relays and no more, while the owner is there and earning is off', async () => {
    const world = setUp({ isOn: false });
    world.sensors.idleSeconds = 0;
    world.governor.allowTrial(2);
    const engines = [scriptedEngine(), scriptedEngine(), scriptedEngine()] as const;
    const first = relay(world, engines[0]);
    await turn();
    expect(world.governor.status()).toMatchObject({ mode: 'serving', trialRelaysLeft: 1 });
    expect(world.governor.status()).toMatchObject({ policy: 'always', chosenBy: 'trial' });
    const second = relay(world, engines[1]);
    const third = relay(world, engines[2]);
    await turn();
    expect(third.outcome.error).toMatchObject({ code: 'owner-returned' });
    expect(world.governor.status()).toMatchObject({ mode: 'draining', trialRelaysLeft: null });
    for (const engine of engines) await engine.say(END);
    await Promise.all([first.done, second.done]);
    expect([first.outcome.error, second.outcome.error]).toEqual([null, null]);
    expect(engines.map(({ duties }) => duties)).toEqual([[1], [1], []]);
    expect(world.actuators.calls.slice(0, 2)).toEqual(['pace 0', 'pace 0.5']);
    expect(world.governor.status()).toMatchObject({ mode: 'off', policy: 'away' });
    expect(world.sensors.watched.at(-1)).toBeNull();
  });

  test('ends when it is told to, only by its own word, and lets its relay finish', async () => {
    const world = setUp({ isOn: false });
    const endFirst = world.governor.allowTrial(5);
    const endSecond = world.governor.allowTrial(5);
    endFirst();
    expect(world.governor.admits()).toBeNull();
    const { outcome, done } = relay(world, world.engine);
    await turn();
    endSecond();
    expect(world.governor.admits()).toBe('not-serving');
    await world.engine.say(END);
    await done;
    expect(outcome.error).toBeNull();
  });
});

test('the open gate serves, counts, and stops with its node', async () => {
  const governor = createOpenGate(5);
  const engine = scriptedEngine();
  expect(statusSchema.parse(governor.status())).toMatchObject({
    mode: 'serving',
    policy: 'always',
    duty: 1,
  });
  const { done } = relay({ governor }, engine);
  await turn();
  expect(governor.status().relaysInFlight).toBe(1);
  await engine.say(END);
  await done;
  expect(engine.duties).toEqual([1]);
  expect(governor.status().relaysInFlight).toBe(0);
  governor.dispose();
  expect(governor.admits()).toBe('not-serving');
});
