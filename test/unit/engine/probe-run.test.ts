import { describe, expect, test } from 'vitest';
import type { Device } from '../../../electron/ipc/snapshot.ts';
import { toProbeSchema } from '../../../electron/engine/probe-messages.ts';
import { runProbe, type ProbeRunOptions } from '../../../electron/engine/probe-run.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren, type ScriptedChild } from '../../fakes/scripted-child.ts';

const GOLDEN = { turns: [{ role: 'user', text: 'Capital?' }], tokenIds: [5, 6, 7] } as const;
const CPU: Device = { name: 'Some CPU', kind: 'cpu', memoryBytes: 1e10 };

/** How one backend's device behaves. */
interface Behaviour {
  readonly device?: Device;
  readonly answer?: readonly number[];
  readonly layers?: number;
  readonly speed?: number;
  readonly dies?: number | null;
  readonly isMissing?: boolean;
  readonly isSilent?: boolean;
  /** What it says instead of a measurement. */
  readonly refuses?: string;
}

/** Vitest types its matchers as `any`. */
const stringContaining = (part: string): unknown => expect.stringContaining(part);

const works = (device: Device, changes: Behaviour = {}): Behaviour => ({
  device,
  answer: GOLDEN.tokenIds,
  layers: 9,
  speed: 100,
  ...changes,
});

/** @param computer behaviours by backend, one for each device */
function setUp(computer: Readonly<Record<string, readonly Behaviour[]>>) {
  const clock = createManualClock();
  const children = createScriptedChildren((child, raw) => {
    const message = toProbeSchema.parse(raw);
    if (message.type === 'probe') {
      const { GGML_VK_VISIBLE_DEVICES, CUDA_VISIBLE_DEVICES } = child.options.env ?? {};
      const index = Number(GGML_VK_VISIBLE_DEVICES ?? CUDA_VISIBLE_DEVICES ?? 0);
      const behaviour = computer[message.task.backend]?.[index];
      queueMicrotask(() => {
        behave(child, message.task.backend, behaviour);
      });
    }
  });
  const run = (changes: Partial<ProbeRunOptions> = {}) =>
    runProbe({
      spawn: children.spawn,
      clock,
      log: createMemoryLog(),
      platform: 'linux',
      starterPath: '/starter.gguf',
      golden: GOLDEN,
      signal: new AbortController().signal,
      ...changes,
    });
  return { run, clock, children };
}

function behave(child: ScriptedChild, backend: string, behaviour: Behaviour | undefined) {
  if (behaviour?.isMissing === true) child.say({ type: 'opened', included: false, devices: 0 });
  if (behaviour === undefined) child.say({ type: 'opened', included: true, devices: 0 });
  const refusal = { type: 'failed', details: behaviour?.refuses };
  if (behaviour?.device === undefined) {
    if (behaviour?.refuses !== undefined) child.say(refusal);
    return;
  }
  child.say({ type: 'opened', included: true, devices: 1 });
  child.say({ type: 'device', device: behaviour.device });
  if (behaviour.dies !== undefined) child.exit(behaviour.dies);
  if (behaviour.isSilent === true) return;
  if (behaviour.refuses !== undefined) {
    child.say(refusal);
    return;
  }
  if (backend === 'cpu') child.say({ type: 'threads', threads: 3 });
  child.say({
    type: 'measured',
    measurement: {
      layersOffloaded: behaviour.layers ?? 0,
      layersTotal: 9,
      answer: behaviour.answer ?? [],
      tokensPerSecond: behaviour.speed ?? 1,
      threads: backend === 'cpu' ? 3 : null,
    },
  });
}

const card = (name: string, kind: Device['kind']): Device => ({ name, kind, memoryBytes: 8e9 });
const cpu = [works(CPU, { layers: 0, speed: 400 })];

describe('the chosen backend', () => {
  test('is the discrete card, even when it stands last and the processor is faster', async () => {
    const { run, children } = setUp({
      cuda: [{ isMissing: true }],
      vulkan: [works(card('Onboard', 'integrated')), works(card('Big Card', 'discrete'))],
      cpu,
    });
    const { candidates, threads } = await run();
    expect(
      candidates.map(({ backend, deviceIndex, state }) => [backend, deviceIndex, state]),
    ).toEqual([
      ['cuda', 0, 'skipped'],
      ['vulkan', 0, 'works'],
      ['vulkan', 1, 'chosen'],
      ['cpu', null, 'works'],
    ]);
    expect(candidates[0]?.why).toContain('a pack of its own');
    expect(threads).toBe(3);
    await Promise.resolve();
    expect(children.all.some((child) => child.isAlive)).toBe(false);
  });

  test.each([
    ['answers wrongly', { answer: [5, 6, 8] }, 'wrong'],
    ['does not stop where it should', { answer: [5, 6, 7, 8] }, 'wrong'],
    ['keeps layers back', { layers: 8 }, '8 of 9 layers'],
    ['is killed', { dies: null }, 'killed'],
    ['aborts', { dies: 134 }, 'code 134'],
  ] as const)('is the next one when the card %s', async (_what, changes, why) => {
    const { run } = setUp({ vulkan: [works(card('Bad Card', 'discrete'), changes)], cpu });
    const { candidates } = await run();
    expect(candidates[1]).toMatchObject({ state: 'failed', device: { name: 'Bad Card' } });
    expect(candidates[1]?.why).toContain(why);
    expect(candidates[2]?.state).toBe('chosen');
  });

  test('is the next one when the card never answers', async () => {
    const { run, clock } = setUp({
      vulkan: [works(card('Slow Card', 'discrete'), { isSilent: true })],
      cpu,
    });
    const result = run({ timeoutMs: 20_000, backends: ['vulkan', 'cpu'] });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    clock.advance(20_000);
    expect((await result).candidates.map(({ state }) => state)).toEqual(['failed', 'chosen']);
  });

  test('does not exist when nothing works', async () => {
    const { run } = setUp({ cpu: [works(CPU, { answer: [] })] });
    const { candidates } = await run();
    expect(candidates.map(({ state }) => state)).toEqual(['skipped', 'skipped', 'failed']);
  });
});

describe('a software renderer', () => {
  const llvmpipe = [works(card('llvmpipe (LLVM 15)', 'software'), { speed: 10 })];

  test('is named and skipped', async () => {
    const { candidates } = await setUp({ vulkan: llvmpipe, cpu }).run();
    expect(candidates[1]).toMatchObject({ state: 'skipped', device: { kind: 'software' } });
    expect(candidates[1]?.why).toContain('llvmpipe');
  });

  test('is tested when asked for, and still comes after the processor', async () => {
    const { candidates } = await setUp({ vulkan: llvmpipe, cpu }).run({ allowSoftware: true });
    expect(candidates.slice(1).map(({ state }) => state)).toEqual(['works', 'chosen']);
  });
});

describe('what is found', () => {
  const failing = (changes: Behaviour) =>
    setUp({ vulkan: [works(card('Card', 'discrete'), changes)], cpu });

  test.each([
    ['a wrong answer', { answer: [5] }],
    ['layers kept back', { layers: 8 }],
  ])('lasts, also with %s', async (_what, changes) => {
    expect((await failing(changes).run()).isLasting).toBe(true);
  });

  test('lasts when a backend cannot even be opened', async () => {
    const { run } = setUp({ vulkan: [{ refuses: 'no library' }], cpu });
    const { candidates, isLasting } = await run();
    expect(candidates[1]).toMatchObject({ state: 'failed', why: stringContaining('no library') });
    expect(isLasting).toBe(true);
  });

  test.each([
    ['a crash', { dies: 6 }],
    ['a kill', { dies: 9 }],
    ['too little memory', { refuses: 'out of device memory' }],
  ])('may be a bad moment with %s', async (_what, changes) => {
    expect((await failing(changes).run()).isLasting).toBe(false);
  });

  test('may be a bad moment when time ran out', async () => {
    const { run, clock } = failing({ isSilent: true });
    const result = run({ backends: ['vulkan', 'cpu'] });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    clock.advance(60_000);
    expect((await result).isLasting).toBe(false);
  });
});

describe('CUDA', () => {
  const nvidia = card('NVIDIA RTX 4070', 'discrete');
  const whyOf = async (cuda: Behaviour) =>
    (await setUp({ cuda: [cuda], cpu }).run()).candidates[0]?.why;

  test('that dies names the card and what mostly helps', async () => {
    const why = await whyOf(works(nvidia, { dies: 6 }));
    expect(why).toMatch(/broke down.*crashed with signal 6.*not used on NVIDIA RTX 4070/);
    expect(why).toContain('update the driver');
  });

  test('that finds no card, or cannot be opened, says what is missing', async () => {
    expect(await whyOf({ refuses: 'NoBinaryFound' })).toContain('remove it and download it again');
    const { candidates } = await setUp({ cpu }).run();
    expect(candidates[0]?.why).toContain('CUDA libraries are missing');
  });

  test('is told where packs lie', async () => {
    const { run, children } = setUp({ cuda: [works(nvidia)], cpu });
    const packs = { 'linux-x64-cuda': '/packs/linux-x64-cuda-3.21.1' };
    await run({ packs });
    const { env = {} } = children.all[0]?.options ?? {};
    expect(JSON.parse(env['LULL_PACKS'] ?? '')).toEqual(packs);
  });
});

test('cancelling ends the process that is being tried', async () => {
  const { run, children } = setUp({ cuda: [works(card('Card', 'discrete'), { isSilent: true })] });
  const stop = new AbortController();
  const result = run({ signal: stop.signal });
  const end = expect(result).rejects.toMatchObject({ code: 'cancelled' });
  await Promise.resolve();
  stop.abort();
  await end;
  await Promise.resolve();
  expect(children.all.map((child) => child.isAlive)).toEqual([false]);
});
