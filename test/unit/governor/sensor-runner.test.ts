/** Readers side by side: each at its own pace, none held up by another. */
import { describe, expect, test } from 'vitest';
import {
  fromSensorsSchema,
  type ReadingsMessage,
} from '../../../electron/governor/sensors/messages.ts';
import { createRunner } from '../../../electron/governor/sensors/reader-runner.ts';
import type { AnyReader, Outcome, Reader } from '../../../electron/governor/sensors/reader.ts';
import type { MachineKey, Wish } from '../../../electron/governor/sensors.ts';
import { aCard } from '../../fakes/fake-sensors.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const wish = (more: Partial<Wish> = {}): Wish => ({
  everyMs: 250,
  withGpu: true,
  games: [],
  ownPids: [],
  ...more,
});

/** A reader that the test answers for. */
function createReader<Part extends MachineKey>(
  more: Partial<Reader<Part>> & Pick<Reader<Part>, 'keys'>,
) {
  const asked: { readonly wish: Wish; readonly answer: PromiseWithResolvers<Outcome<Part>> }[] = [];
  let stops = 0;
  const reader: Reader<Part> = {
    everyMs: 1_000,
    read(wished) {
      const answer = Promise.withResolvers<Outcome<Part>>();
      asked.push({ wish: wished, answer });
      return answer.promise;
    },
    stop: () => (stops += 1),
    ...more,
  };
  const answer = async (outcome: Outcome<Part>) => {
    asked.at(-1)?.answer.resolve(outcome);
    await new Promise(setImmediate);
  };
  return { reader, asked, answer, stops: () => stops };
}

function setUp(...readers: readonly AnyReader[]) {
  return setUpGathering(0, ...readers);
}

function setUpGathering(gatherMs: number, ...readers: readonly AnyReader[]) {
  const clock = createManualClock();
  const messages: ReadingsMessage[] = [];
  const emit = (message: ReadingsMessage) => messages.push(message);
  const runner = createRunner(readers, { clock, gatherMs, emit });
  const last = (key: MachineKey) =>
    messages.findLast(
      ({ values, unknown, absent }) =>
        values[key] !== undefined || unknown[key] !== undefined || absent.includes(key),
    );
  return { clock, messages, runner, last };
}

const mains: Outcome<'power'> = { values: { power: 'mains' }, source: 'ADP1' };

describe('pace', () => {
  test('no reader is asked more often than it wants, nor than the wish wants', async () => {
    const fast = createReader({ keys: ['sessionIdleMs'], everyMs: 250 });
    const slow = createReader({ keys: ['power'], everyMs: 2_000 });
    const { clock, runner } = setUp(fast.reader, slow.reader);
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 250) {
        await fast.answer({ values: { sessionIdleMs: 1 }, source: 'x' });
        await slow.answer(mains);
        clock.advance(250);
      }
    };
    runner.watch(wish(), 1);
    await pass(4_000);
    expect([fast.asked.length, slow.asked.length]).toEqual([17, 3]);
    runner.watch(wish({ everyMs: 2_000 }), 2);
    await pass(4_000);
    // The one under way when the wish changed counts for the new pace.
    expect(fast.asked.length).toBe(17 + 2);
    runner.stop();
    await pass(4_000);
    expect([fast.asked.length, fast.stops(), slow.stops()]).toEqual([19, 1, 1]);
  });

  test('while nothing computes, those are asked less often that may be, and at once when it begins', async () => {
    const apps = createReader({ keys: ['apps'], everyMs: 1_000, restEveryMs: 6_000 });
    const { clock, runner } = setUp(apps.reader);
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 500) {
        await apps.answer({ values: { apps: [] }, source: 'x' });
        clock.advance(500);
      }
      await apps.answer({ values: { apps: [] }, source: 'x' });
    };
    runner.watch(wish({ everyMs: 2_000 }), 1);
    await pass(12_000);
    expect(apps.asked).toHaveLength(3);
    await pass(1_000);
    runner.watch(wish({ everyMs: 1_000 }), 2);
    expect(apps.asked).toHaveLength(4);
    await pass(3_000);
    expect(apps.asked).toHaveLength(7);
  });

  test('some are asked at least so often, however rarely the wish asks', async () => {
    const idle = createReader({ keys: ['sessionIdleMs'], everyMs: 250, atLeastEveryMs: 2_000 });
    const { clock, runner } = setUp(idle.reader);
    runner.watch(wish({ everyMs: 8_000 }), 1);
    for (let passed = 0; passed < 8_000; passed += 1_000) {
      await idle.answer({ values: { sessionIdleMs: 1 }, source: 'x' });
      clock.advance(1_000);
    }
    expect(idle.asked).toHaveLength(5);
  });

  test('another list of programs is handed on without asking at once', async () => {
    const apps = createReader({ keys: ['apps'] });
    const { clock, runner } = setUp(apps.reader);
    runner.watch(wish(), 1);
    await apps.answer({ values: { apps: [] }, source: 'x' });
    runner.watch(wish({ games: ['chess'] }), 2);
    expect(apps.asked.length).toBe(1);
    clock.advance(1_000);
    expect(apps.asked.at(-1)?.wish.games).toEqual(['chess']);
  });

  test('what the system tells is read at once', async () => {
    let tell: () => void = () => undefined;
    const idle = createReader({
      keys: ['sessionIdleMs'],
      onChange: (listener) => (tell = listener),
    });
    const { runner } = setUp(idle.reader);
    tell();
    expect(idle.asked.length).toBe(0);
    runner.watch(wish(), 1);
    await idle.answer({ values: { sessionIdleMs: 5_000 }, source: 'x' });
    tell();
    expect(idle.asked.length).toBe(2);
  });
});

describe('one that hangs', () => {
  test('is unknown at its deadline, is not asked again, and holds up nobody', async () => {
    const stuck = createReader({ keys: ['power'], deadlineMs: 1_500 });
    const lively = createReader({ keys: ['isLidShut'] });
    const { clock, runner, last, messages } = setUp(stuck.reader, lively.reader);
    runner.watch(wish(), 7);
    await lively.answer({ values: { isLidShut: false }, source: 'LID0' });
    expect(messages.at(-1)?.isComplete).toBe(false);
    clock.advance(1_499);
    expect(last('power')).toBeUndefined();
    clock.advance(1);
    expect(last('power')).toMatchObject({
      unknown: { power: 'it does not answer' },
      isComplete: true,
      wishNumber: 7,
    });
    for (let second = 0; second < 60; second += 1) {
      await lively.answer({ values: { isLidShut: true }, source: 'LID0' });
      clock.advance(1_000);
    }
    expect([stuck.asked.length, lively.asked.length]).toEqual([1, 62]);
    expect(last('isLidShut')?.values.isLidShut).toBe(true);
    // The answer that comes after all is too old to count; the next one does.
    await stuck.answer(mains);
    expect(last('power')?.values.power).toBeUndefined();
    clock.advance(1_000);
    await stuck.answer(mains);
    expect(last('power')?.values.power).toBe('mains');
  });

  test('is unknown under the next wish as well, and still not asked twice', () => {
    const card = createReader({ keys: ['gpus'], needsGpu: true });
    const { clock, runner, last } = setUp(card.reader);
    runner.watch(wish(), 1);
    runner.watch(wish({ withGpu: false }), 2);
    expect(last('gpus')?.unknown.gpus).toMatch(/only when/);
    runner.watch(wish(), 3);
    clock.advance(4_000);
    expect(card.asked.length).toBe(1);
    expect(last('gpus')).toMatchObject({ wishNumber: 3, unknown: { gpus: 'it does not answer' } });
  });

  test('or fails is unknown with the reason', async () => {
    const reader: Reader<'power'> = {
      keys: ['power'],
      everyMs: 1_000,
      read: () => Promise.reject(Object.assign(new Error('x'), { code: 'EBUSY' })),
    };
    const { runner, last } = setUp(reader);
    runner.watch(wish(), 1);
    await new Promise(setImmediate);
    expect(last('power')?.unknown.power).toBe('it is asleep or busy (EBUSY)');
  });
});

describe('cards', () => {
  test('are not asked while the wish forbids it, and what was known of them is forgotten', async () => {
    const card = createReader({ keys: ['gpus'], needsGpu: true });
    const { clock, runner, last } = setUp(card.reader);
    runner.watch(wish({ withGpu: false }), 1);
    clock.advance(60_000);
    expect(card.asked.length).toBe(0);
    expect(last('gpus')).toMatchObject({ values: {}, isComplete: true });
    runner.watch(wish(), 2);
    expect(card.asked.length).toBe(1);
    await card.answer({ values: { gpus: [aCard()] }, source: 'nvidia-smi' });
    expect(last('gpus')?.values.gpus).toHaveLength(1);
    runner.watch(wish({ withGpu: false }), 3);
    expect(card.stops()).toBe(2);
    expect(last('gpus')).toMatchObject({ values: {}, wishNumber: 3 });
    clock.advance(60_000);
    expect(card.asked.length).toBe(1);
  });

  test('of several makers stand in one list, as old as its oldest part; one that fails is said', async () => {
    const [nvidia, amd, intel] = [1, 2, 3].map(() => createReader({ keys: ['gpus'] }));
    if (!nvidia || !amd || !intel) throw new Error('three were made');
    const { clock, runner, last } = setUp(nvidia.reader, amd.reader, intel.reader);
    runner.watch(wish(), 1);
    await nvidia.answer({
      values: { gpus: [aCard({ id: 'a' })] },
      source: 'nvidia-smi',
      ageMs: 400,
    });
    clock.advance(100);
    await amd.answer({ values: { gpus: [aCard({ id: 'b' })] }, source: 'sysfs' });
    expect(last('gpus')).toMatchObject({
      values: { gpus: [{ id: 'a' }, { id: 'b' }] },
      origins: { gpus: { source: 'nvidia-smi, sysfs', ageMs: 500 } },
      unknown: {},
    });
    clock.advance(2_900);
    expect(last('gpus')?.unknown.gpus).toBe('it does not answer');
  });
});

test('of several sources the first that knows speaks; what nobody knows and nobody misses does not exist', async () => {
  const first = createReader({ keys: ['isOnUps'] });
  const second = createReader({ keys: ['isOnUps'] });
  const { clock, runner, last } = setUp(first.reader, second.reader);
  runner.watch(wish(), 1);
  expect(last('power')?.absent).toContain('power');
  await first.answer({ values: {}, source: 'sysfs', unknown: { isOnUps: 'no word' } });
  expect(last('isOnUps')?.unknown.isOnUps).toBe('no word');
  await second.answer({ values: { isOnUps: false }, source: 'UPower' });
  expect(last('isOnUps')).toMatchObject({ values: { isOnUps: false }, unknown: {} });
  clock.advance(1_000);
  await first.answer({ values: { isOnUps: true }, source: '', sources: { isOnUps: 'ups0' } });
  expect(last('isOnUps')).toMatchObject({
    values: { isOnUps: true },
    origins: { isOnUps: { source: 'ups0' } },
  });
  clock.advance(1_000);
  await first.answer({ values: {}, source: '' });
  await second.answer({ values: {}, source: '' });
  expect(last('isOnUps')?.absent).toEqual(['isOnUps']);
});

test('answers of one moment travel together, with the age that they have by then', async () => {
  const [power, lid] = [createReader({ keys: ['power'] }), createReader({ keys: ['isLidShut'] })];
  const { clock, messages, runner } = setUpGathering(10, power.reader, lid.reader);
  runner.watch(wish(), 1);
  const before = messages.length;
  await power.answer(mains);
  clock.advance(4);
  await lid.answer({ values: { isLidShut: false }, source: 'the lid' });
  expect(messages).toHaveLength(before);
  clock.advance(6);
  expect(messages).toHaveLength(before + 1);
  expect(messages.at(-1)).toMatchObject({
    values: { power: 'mains', isLidShut: false },
    origins: { power: { ageMs: 10 }, isLidShut: { ageMs: 6 } },
    isComplete: true,
  });
  clock.advance(990);
  await power.answer(mains);
  runner.stop();
  clock.advance(10);
  expect(messages).toHaveLength(before + 1);
});

describe('what a message could not hold', () => {
  test('is cut and made printable: a program may call itself whatever it likes', async () => {
    const apps = createReader({ keys: ['apps', 'fullscreen'] });
    const { runner, last } = setUp(apps.reader);
    runner.watch(wish(), 1);
    const evil = { name: `\u001B[31m\u202Egame\n${'x'.repeat(10_000)}`, by: 'mark' } as const;
    await apps.answer({
      values: { apps: Array.from({ length: 100 }, () => evil), fullscreen: '\u0000\u0007' },
      source: 'a\tsource',
    });
    const message = last('apps');
    expect(message?.values.apps).toHaveLength(64);
    expect(message?.values.apps?.[0]?.name).toMatch(/^\[31m game x{300,400}$/);
    // It fills the screen all the same.
    expect(message?.values.fullscreen).toBe('?');
    expect(message?.origins.apps?.source).toBe('a source');
    expect(fromSensorsSchema.safeParse(message).success).toBe(true);
  });

  test('or could not be is unknown, and takes nothing else with it', async () => {
    const heat = createReader({ keys: ['cpuCelsius', 'power'] });
    const { runner, last } = setUp(heat.reader);
    runner.watch(wish(), 1);
    await heat.answer({ values: { cpuCelsius: 2_147_483, power: 'mains' }, source: 'coretemp' });
    expect(last('cpuCelsius')).toMatchObject({
      values: { power: 'mains' },
      unknown: { cpuCelsius: 'it tells what cannot be' },
      absent: [],
    });
    expect(fromSensorsSchema.safeParse(last('cpuCelsius')).success).toBe(true);
  });
});
