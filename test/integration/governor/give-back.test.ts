/** The gate before the real engine process with the test model: whose tokens come when, and who is ended. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EnginePlan } from '../../../electron/engine/engine-plan.ts';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { createLinuxMemory } from '../../../electron/engine/memory-linux.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { createGovernor } from '../../../electron/governor/governor.ts';
import type { GiveBackReport, Governor } from '../../../electron/governor/ports.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import { STARTER_GOLDEN } from '../../../electron/models/starter-golden.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../../electron/protocol/generate.ts';
import { createFakeActuators, READY_NODE } from '../../fakes/fake-actuators.ts';
import { createFakeSensors, type FakeSensors } from '../../fakes/fake-sensors.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const PLAN: EnginePlan = {
  modelPath: STARTER_PATH,
  modelVersion: '1',
  backend: 'cpu',
  deviceIndex: null,
  device: null,
  threads: 1,
  isBackground: false,
  sequences: 2,
  contextTokens: 1024,
};
const LONG = 400;

let children: ForkedChildren;
let engine: EngineSupervisor;
let sensors: FakeSensors;
let governor: Governor;
let giveBacks: GiveBackReport[];

beforeEach(() => {
  children = createForkedChildren('engine');
  giveBacks = [];
  const log = createMemoryLog();
  const memory = process.platform === 'linux' ? createLinuxMemory(systemClock) : undefined;
  engine = createEngineSupervisor({ spawn: children.spawn, clock: systemClock, log, memory });
  engine.use(PLAN);
  sensors = createFakeSensors(systemClock);
  governor = createGovernor(
    {
      ...{ sensors, clock: systemClock, log },
      actuators: {
        ...createFakeActuators(),
        pace: engine.paceRelays,
        release: engine.release,
      },
      nodeFacts: () => ({ ...READY_NODE, holdsMemory: engine.pid !== undefined }),
      minuteOfWeek: () => 0,
      onStatus: () => undefined,
      onDecision: () => undefined,
      onGiveBack: (report) => giveBacks.push(report),
    },
    { isOn: true, policy: 'away', chosenBy: 'owner', settings: DEFAULT_GOVERNOR_SETTINGS },
  );
});

afterEach(async () => {
  governor.dispose();
  engine.dispose();
  await children.dispose();
});

function story(maxTokens: number, seed: number): GenerateRequest {
  return {
    turns: [{ role: 'user', text: 'Write a long story about a fox and the sea.' }],
    sampling: { ...DEFAULT_SAMPLING, temperature: 1.2, seed },
    maxTokens,
    stop: [],
  };
}

interface Told {
  readonly who: 'owner' | 'relay';
  readonly tokens: number;
}

/** Whatever anybody was told, in the order in which it left the engine. */
const told: Told[] = [];
beforeEach(() => {
  told.length = 0;
});

async function run(
  who: Told['who'],
  request: EngineRequest,
  onTokens: (soFar: number) => void = () => undefined,
) {
  const gate = who === 'relay' ? governor.gate(engine) : engine;
  const ids: number[] = [];
  let text = '';
  let end: string | null = null;
  let error: unknown = null;
  try {
    for await (const event of gate.generate(request, new AbortController().signal)) {
      if (event.type === 'end') end = event.reason;
      if (event.type !== 'tokens') continue;
      text += event.text;
      ids.push(...event.tokenIds);
      told.push({ who, tokens: event.tokenIds.length });
      onTokens(ids.length);
    }
  } catch (failure) {
    error = failure;
  }
  return { text, ids, end, error };
}

describe('with the real engine', () => {
  test('an owner’s question is answered while a relay that came first waits, and both get all of their text', async () => {
    const alone = await run('owner', story(LONG, 3));
    told.length = 0;
    const owners: ReturnType<typeof run>[] = [];
    const paid = await run('relay', story(LONG, 3), (soFar) => {
      if (soFar >= 10 && owners.length === 0) owners.push(run('owner', story(60, 4)));
    });
    const [own] = await Promise.all(owners);
    expect(own).toMatchObject({ error: null });
    // Between the owner's first token and the last one, no step was the relay's: what both processes had on the way
    // when the question came is all that there can be.
    const first = told.findIndex(({ who }) => who === 'owner');
    const last = told.findLastIndex(({ who }) => who === 'owner');
    const between = told.slice(first, last).filter(({ who }) => who === 'relay');
    expect(between.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(2);
    expect(told.at(-1)?.who).toBe('relay');
    expect(paid).toEqual(alone);
    expect(paid.ids.length).toBeGreaterThan(60);
  });

  test('pacing a relay does not change one token of a greedy answer', async () => {
    governor.configure({ policy: 'always' });
    expect(governor.status().duty).toBe(0.5);
    const { ids, text } = await run('relay', {
      turns: STARTER_GOLDEN.turns,
      sampling: { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 },
      maxTokens: null,
      stop: [],
    });
    expect(ids).toEqual(STARTER_GOLDEN.tokenIds);
    expect(text).toBe(STARTER_GOLDEN.text);
  });

  test('the owner’s return ends a relay in the middle, and the engine is free', async () => {
    const paid = await run('relay', story(LONG, 3), (soFar) => {
      if (soFar < 10 || sensors.idleSeconds === 0) return;
      sensors.idleSeconds = 0;
      sensors.emit();
    });
    expect(paid.error).toMatchObject({ code: 'owner-returned' });
    expect(paid.end).toBeNull();
    expect(governor.admits()).toBe('not-serving');
    expect((await run('relay', story(5, 1))).error).toMatchObject({ code: 'owner-returned' });
    const own = await run('owner', story(20, 1));
    expect(own.error).toBeNull();
    expect(engine.summary().state).toBe('ready');
  });

  test('needed for the owner’s second question, a relay’s place is given up', async () => {
    const owners: ReturnType<typeof run>[] = [];
    const paid = await run('relay', story(LONG, 3), (soFar) => {
      if (soFar < 10 || owners.length > 0) return;
      owners.push(run('owner', story(40, 4)), run('owner', story(40, 5)));
    });
    expect(paid.error).toMatchObject({ code: 'owner-returned' });
    const errors = (await Promise.all(owners)).map(({ error }) => error);
    expect(errors).toEqual([null, null]);
  });

  test('a game takes the computer: the process is gone with its memory, and a later question loads anew', async () => {
    const pids: (number | undefined)[] = [];
    const paid = await run('relay', story(LONG, 3), (soFar) => {
      if (soFar < 10 || pids.length > 0) return;
      pids.push(engine.pid);
      sensors.machine.apps = [{ name: 'A Game', by: 'mark' }];
      sensors.emit();
    });
    expect(paid.error).toMatchObject({ code: 'owner-returned' });
    await expect.poll(() => giveBacks, { interval: 5 }).toMatchObject([{ cause: 'game' }]);
    expect(engine.pid).toBeUndefined();
    const [pid = 0] = pids;
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const [report] = giveBacks;
    // Half a second is what is promised for an idle machine; this one does other things as well.
    expect(report?.stoppedAfterMs).toBeLessThan(1_000);
    expect(report?.releasedAfterMs).toBeLessThan(3_000);
    const own = await run('owner', story(20, 1));
    expect(own.error).toBeNull();
    expect(engine.pid).not.toBe(pid);
    expect(children.processes).toHaveLength(2);
  });

  test('the owner’s return ends a load that a relay began', async () => {
    engine.onChange(({ loadProgress }) => {
      if (children.processes.length > 1 || (loadProgress ?? 0) === 0) return;
      sensors.idleSeconds = 0;
      sensors.emit();
    });
    const paid = await run('relay', story(LONG, 3));
    expect(paid.error).toMatchObject({ code: 'owner-returned' });
    expect(engine.summary()).toMatchObject({ state: 'asleep', failure: null });
    const own = await run('owner', story(20, 1));
    expect(own.error).toBeNull();
    expect(children.processes).toHaveLength(2);
  });
});
