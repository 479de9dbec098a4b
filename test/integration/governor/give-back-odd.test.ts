/** The governor before engine processes that misbehave: deaf, slow, and never done with loading. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { createLinuxMemory } from '../../../electron/engine/memory-linux.ts';
import { YIELD_LIMIT_MS } from '../../../electron/governor/acting.ts';
import { createGovernor } from '../../../electron/governor/governor.ts';
import type { GiveBackReport, Governor } from '../../../electron/governor/ports.ts';
import { DEFAULT_GOVERNOR_SETTINGS } from '../../../electron/ipc/governor.ts';
import type { SpawnChild } from '../../../electron/platform/child.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createFakeActuators, READY_NODE } from '../../fakes/fake-actuators.ts';
import { createFakeSensors, type FakeSensors } from '../../fakes/fake-sensors.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog, type MemoryLog } from '../../fakes/memory-log.ts';
import { PLAN, REQUEST } from '../../fakes/supervised-engine.ts';

/** What the machine may add to what is waited for. */
const SLACK_MS = 400;

let children: ForkedChildren;
let engine: EngineSupervisor;
let sensors: FakeSensors;
let governor: Governor;
let log: MemoryLog;
let giveBacks: GiveBackReport[];
let isOwners: boolean;

beforeEach(() => {
  children = createForkedChildren('../test/fakes');
  sensors = createFakeSensors(systemClock);
  log = createMemoryLog();
  giveBacks = [];
  isOwners = false;
});
afterEach(async () => {
  governor.dispose();
  engine.dispose();
  await children.dispose();
});

function start(how: 'well' | 'deaf' | 'loads for ever', stepMs: number): void {
  const env = { LULL_ODD_ENGINE: how, LULL_STEP_MS: String(stepMs) };
  const spawn: SpawnChild = (_entry, { name }) =>
    children.spawn('odd-engine-process', { name, env });
  const memory = process.platform === 'linux' ? createLinuxMemory(systemClock) : undefined;
  engine = createEngineSupervisor({ spawn, clock: systemClock, log, memory });
  engine.use(PLAN);
  governor = createGovernor(
    {
      ...{ sensors, clock: systemClock, log },
      actuators: { ...createFakeActuators(), pace: engine.paceRelays, release: engine.release },
      nodeFacts: () => ({ ...READY_NODE, isOwners, holdsMemory: engine.pid !== undefined }),
      minuteOfWeek: () => 0,
      onStatus: () => undefined,
      onDecision: () => undefined,
      onGiveBack: (report) => giveBacks.push(report),
    },
    { isOn: true, policy: 'away', chosenBy: 'owner', settings: DEFAULT_GOVERNOR_SETTINGS },
  );
}

/** @returns what the relay failed with, and how long after `onToken` did something */
async function relay(onToken: () => void) {
  let beganMs: number | null = null;
  try {
    const asked = { ...REQUEST, maxTokens: 10_000 };
    const { signal } = new AbortController();
    for await (const { type } of governor.gate(engine).generate(asked, signal)) {
      if (type !== 'tokens' || beganMs !== null) continue;
      beganMs = performance.now();
      onToken();
    }
  } catch (error) {
    return { error, afterMs: performance.now() - (beganMs ?? 0) };
  }
  return { error: null, afterMs: 0 };
}

const comeBack = () => {
  sensors.idleSeconds = 0;
  sensors.emit();
};
const stopped = () =>
  expect.poll(() => engine.pid, { interval: 5, timeout: 5_000 }).toBeUndefined();

describe('an engine that ignores every stop', () => {
  test('is killed a quarter of a second after the owner came back; the relay ends at once', async () => {
    start('deaf', 5);
    const { error, afterMs } = await relay(comeBack);
    const endedMs = performance.now();
    expect(error).toMatchObject({ code: 'owner-returned' });
    expect(afterMs).toBeLessThan(SLACK_MS);
    await stopped();
    expect(performance.now() - endedMs).toBeLessThan(YIELD_LIMIT_MS + SLACK_MS);
    await expect.poll(() => giveBacks, { interval: 5 }).toHaveLength(1);
    expect(giveBacks[0]?.releasedAfterMs).toBeGreaterThanOrEqual(YIELD_LIMIT_MS - 10);
    expect(log.lines.join()).toContain('did not stand still');
  });

  test('lives when its owner uses it', async () => {
    start('deaf', 5);
    isOwners = true;
    await relay(comeBack);
    const late = Promise.withResolvers<undefined>();
    systemClock.after(YIELD_LIMIT_MS * 2, () => {
      late.resolve(undefined);
    });
    await late.promise;
    expect(engine.pid).toBeDefined();
  });
});

test('steps of 400 ms do not make the owner wait for their end', async () => {
  start('well', 400);
  const { error, afterMs } = await relay(comeBack);
  expect(error).toMatchObject({ code: 'owner-returned' });
  expect(afterMs).toBeLessThan(SLACK_MS);
  await stopped();
  await expect.poll(() => giveBacks, { interval: 5 }).toHaveLength(1);
  expect(giveBacks[0]?.stoppedAfterMs).toBeLessThan(YIELD_LIMIT_MS + SLACK_MS);
});

test('a quick engine keeps its model when the owner comes back', async () => {
  start('well', 5);
  const { error } = await relay(comeBack);
  expect(error).toMatchObject({ code: 'owner-returned' });
  await engine.paceRelays(0);
  expect(engine.pid).toBeDefined();
  expect(engine.summary().state).toBe('ready');
});

test('a computer that falls asleep has no engine before the system has been answered', async () => {
  start('well', 400);
  let pid: number | undefined = -1;
  await relay(() => {
    sensors.isSuspended = true;
    sensors.emit();
    pid = engine.pid;
  });
  expect(pid).toBeUndefined();
});

test('a load that never ends goes with the owner’s return', async () => {
  start('loads for ever', 1);
  engine.onChange(({ loadProgress }) => {
    if (loadProgress === 0.5) comeBack();
  });
  const { error } = await relay(() => undefined);
  expect(error).toMatchObject({ code: 'owner-returned' });
  expect(engine.pid).toBeUndefined();
});
