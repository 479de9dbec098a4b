/** What the governor does with its decisions beside the gate: what it has watched, moved, measured and told. */
import { afterEach, describe, expect, test } from 'vitest';
import type { GovernorConfig } from '../../../electron/governor/ports.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import { createGovernorWorld, relay, WORD } from '../../fakes/governor-world.ts';
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

describe('what is watched', () => {
  test('is told with the owner’s games and our own processes, again when one of them changes', () => {
    const { sensors, governor, actuators, clock } = setUp();
    expect(sensors.wishes.at(-1)).toMatchObject({ games: [], ownPids: [] });
    actuators.pids = [77];
    clock.advance(250);
    expect(sensors.wishes.at(-1)).toMatchObject({ ownPids: [77] });
    const settings = { ...DEFAULT_GOVERNOR_SETTINGS, games: ['A Game'] };
    governor.configure({ settings });
    expect(sensors.wishes.at(-1)).toMatchObject({ games: ['A Game'], ownPids: [77] });
    const { length } = sensors.wishes;
    clock.advance(10_000);
    expect(sensors.wishes).toHaveLength(length);
  });

  test('is no graphics card while the node computes on the processor', () => {
    const { sensors, clock } = setUp();
    clock.advance(60_000);
    expect(sensors.wishes.every((wish) => wish?.withGpu !== true)).toBe(true);
  });
});

describe('the owner’s return', () => {
  test('stops the engine in the same tick, and is measured from the input itself', async () => {
    const world = setUp();
    const { actuators, sensors, clock, giveBacks, engine } = world;
    relay(world, engine);
    await turn();
    await engine.say(WORD);
    expect(actuators.calls).toEqual(['pace 1']);
    actuators.isPrompt = false;
    sensors.idleSeconds = 0.2;
    clock.advance(150);
    expect(actuators.calls.at(-1)).toBe('pace 0');
    clock.advance(40);
    actuators.answer();
    await turn();
    sensors.idleSeconds = 15;
    clock.advance(15_000);
    const times = { decidedAfterMs: 200, stoppedAfterMs: 240, releasedAfterMs: null };
    expect(giveBacks).toMatchObject([{ cause: 'owner-active', ...times }]);
    expect(giveBacks).toHaveLength(1);
  });

  test('by a game kills the engine once, and says so when the memory is back', async () => {
    const world = setUp();
    const { actuators, sensors, clock, giveBacks, facts, engine } = world;
    facts.holdsMemory = true;
    relay(world, engine);
    await turn();
    actuators.isMemoryPrompt = false;
    sensors.machine.apps = [{ name: 'A Game', by: 'mark' }];
    clock.advance(150);
    await turn();
    clock.advance(500);
    await turn();
    expect(actuators.calls.filter((call) => call === 'release')).toHaveLength(1);
    facts.holdsMemory = false;
    actuators.free();
    await turn();
    expect(giveBacks).toMatchObject([{ cause: 'game', releasedAfterMs: 500 }]);
    clock.advance(60_000);
    expect(actuators.calls.filter((call) => call === 'release')).toHaveLength(1);
  });

  test('is decided on though every actuator fails', async () => {
    const world = setUp();
    const { actuators, sensors, clock, engine, log } = world;
    for (const each of ['pace', 'release', 'keepAwake', 'limitPower'] as const) {
      actuators.broken.add(each);
    }
    const { outcome } = relay(world, engine);
    await turn();
    sensors.idleSeconds = 0;
    clock.advance(250);
    await turn();
    expect(outcome.error).toMatchObject({ code: 'owner-returned' });
    expect(world.governor.status().reasons).toMatchObject([{ code: 'owner-active' }]);
    expect(log.lines.join()).toContain('is tried again');
  });
});

test('decisions are told with their readings, at most once a second, and the last is never lost', () => {
  const { decisions, clock, governor } = setUp();
  clock.advance(10_000);
  expect(decisions.length).toBeGreaterThanOrEqual(9);
  expect(decisions.length).toBeLessThanOrEqual(11);
  expect(decisions.at(-1)).toMatchObject([{ mode: 'serving' }, { power: { value: 'mains' } }, {}]);
  governor.configure({ isOn: false });
  clock.advance(1_000);
  expect(decisions.at(-1)).toMatchObject([{ mode: 'off' }, { power: null }, {}]);
});

test('nothing is measured or moved after it was disposed of', async () => {
  const world = setUp();
  relay(world, world.engine);
  await turn();
  world.governor.dispose();
  const { length } = world.actuators.calls;
  world.sensors.idleSeconds = 0;
  world.sensors.emit();
  world.clock.advance(60_000);
  await turn();
  expect(world.actuators.calls).toHaveLength(length);
  expect(world.giveBacks).toEqual([]);
});
