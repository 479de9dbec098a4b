/** The files of saved states: private, verified before they are read, bounded, and found again. */
import { existsSync } from 'node:fs';
import {
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSaveCost } from '../../../electron/engine/prefix-store-cost.ts';
import { openDiskStates } from '../../../electron/engine/prefix-store-disk.ts';
import { openMemoryStates } from '../../../electron/engine/prefix-store-memory.ts';
import { createPrefixStore } from '../../../electron/engine/prefix-store.ts';
import { createPrefixTier } from '../../../electron/engine/prefix-store-tier.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { BYTES_PER_TOKEN, createTokenWorld } from '../../fakes/token-world.ts';

const TOKENS = [1, 2, 3];
const STATE = 'what a model would write';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lull-prefixes-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const write = (to: string) => writeFile(to, STATE);
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('on the disk', () => {
  const saved = async (identity = 'model') => {
    const file = await openDiskStates(folder, identity).create(TOKENS, write);
    // The note is there when the path is told.
    const state = await file?.path();
    if (file == null || state == null) throw new Error('not saved');
    return { file, state, note: state.replace('.state', '.json') };
  };
  const foundBy = (identity: string) => openDiskStates(folder, identity).found();

  test('a state is found by the next process, for its owner only', async () => {
    const { state, note } = await saved();
    const [found, ...rest] = await foundBy('model');
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ key: 'owner', tokens: TOKENS, file: { bytes: STATE.length } });
    expect(await found?.file.path()).toBe(state);
    expect(await modeOf(state)).toBe(0o600);
    expect(await modeOf(note)).toBe(0o600);
  });

  test('a state of another model is never read, but takes room and can be removed', async () => {
    await saved();
    const [found] = await foundBy('another model');
    expect(found).toMatchObject({ key: null, tokens: [] });
    await found?.file.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  test('one byte that changed shows before it is read', async () => {
    const { state } = await saved();
    const { mtime } = await stat(state);
    await writeFile(state, STATE.replace('w', 'W'));
    await utimes(state, mtime, mtime);
    const [found] = await foundBy('model');
    expect(await found?.file.path()).toBeNull();
    await expect(found?.file.copyTo(`${state}.copy`)).rejects.toThrow();
  });

  test('one that changes later shows too', async () => {
    const { state } = await saved();
    const [found] = await foundBy('model');
    expect(await found?.file.path()).toBe(state);
    await truncate(state, 3);
    expect(await found?.file.path()).toBeNull();
  });

  test.each([
    ['a torn state', async ({ state }: { state: string }) => truncate(state, 3)],
    ['a torn note', async ({ note }: { note: string }) => truncate(note, 20)],
    ['no note', async ({ note }: { note: string }) => rm(note)],
    ['no state', async ({ state }: { state: string }) => rm(state)],
    [
      'a note of another version',
      async ({ note }: { note: string }) =>
        writeFile(note, (await readFile(note, 'utf8')).replace('"version":1', '"version":2')),
    ],
  ])('%s is swept away', async (_what, damage) => {
    await damage(await saved());
    expect(await foundBy('model')).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('the longest unused is found first', async () => {
    const first = await saved();
    const second = await saved();
    await utimes(second.note, 1, 1);
    const [stalest, other] = await foundBy('model');
    expect(await stalest?.file.path()).toBe(second.state);
    expect(await other?.file.path()).toBe(first.state);
  });

  test('a save that fails leaves nothing', async () => {
    const file = await openDiskStates(folder, 'model').create(TOKENS, async (to) => {
      await writeFile(to, 'half');
      throw new Error('no space left');
    });
    expect(file).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  test('a folder that cannot be made keeps nothing and breaks nothing', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const states = openDiskStates(path.join(file, 'folder'), 'model');
    expect(await states.create(TOKENS, write)).toBeNull();
    expect(await states.found()).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('in memory', () => {
  test('a state has no name, and can be read all the same', async () => {
    const states = openMemoryStates(folder);
    let mode = 0;
    const file = await states?.create(TOKENS, async (to) => {
      mode = await modeOf(path.dirname(to));
      await write(to);
    });
    expect(mode).toBe(0o700);
    expect(await readdir(folder)).toEqual([]);
    const name = await file?.path();
    expect(await readFile(name ?? '', 'utf8')).toBe(STATE);
    await file?.copyTo(path.join(folder, 'copy'));
    expect(await readFile(path.join(folder, 'copy'), 'utf8')).toBe(STATE);
    await writeFile(name ?? '', 'something else of the same', { flag: 'r+' });
    expect(await file?.path()).toBeNull();
    await file?.remove();
    expect(await file?.path()).toBeNull();
    expect(existsSync(name ?? '')).toBe(false);
  });

  test('what a killed process left is swept, and what a living one has is not', async () => {
    const NOBODY = 2 ** 22 + 1;
    const left = path.join(folder, `lull-state-${NOBODY}-abc`);
    const used = path.join(folder, `lull-state-${process.ppid}-abc`);
    await Promise.all([left, used].map((file) => writeFile(file, '')));
    await openMemoryStates(folder)?.create(TOKENS, write);
    expect(await readdir(folder)).toEqual([path.basename(used)]);
  });

  test('a save that fails leaves nothing', async () => {
    const fail = () => Promise.reject(new Error('no space left'));
    expect(await openMemoryStates(folder)?.create(TOKENS, fail)).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a tier takes what others left only as far as there is room', async () => {
  for (let count = 0; count < 3; count += 1) {
    const file = await openDiskStates(folder, 'model').create(TOKENS, write);
    await file?.path();
  }
  const tier = createPrefixTier(openDiskStates(folder, 'model'), 2 * STATE.length, () => 0);
  await tier.recall();
  expect(tier.bytes).toBe(2 * STATE.length);
  expect(await readdir(folder)).toHaveLength(4);
});

test('a tier keeps its bound when a state is larger than it was likely to be', async () => {
  const tier = createPrefixTier(openDiskStates(folder, 'model'), 2 * STATE.length, () => 0);
  for (const token of [1, 2, 3]) expect(await tier.add('owner', [token], 0, write)).not.toBeNull();
  expect(tier.entries.map(({ tokens }) => tokens)).toEqual([[2], [3]]);
  const large = async (to: string) => writeFile(to, STATE.repeat(3));
  expect(await tier.add('owner', [4], 0, large)).toBeNull();
  expect(tier.bytes).toBe(2 * STATE.length);
});

test('the latest states go to the disk, and none is written over and over for want of room', async () => {
  const world = createTokenWorld();
  const bytes = 100 * BYTES_PER_TOKEN;
  const store = createPrefixStore({
    clock: createManualClock(),
    memory: { files: world.files(), limitBytes: 10 * bytes },
    disk: { files: world.files(), limitBytes: 2 * bytes },
  });
  const prompts = [1, 2, 3].map((token) => Array.from({ length: 100 }, () => token));
  for (const prompt of prompts) {
    const port = world.sequence();
    port.evaluate(prompt, 'owner');
    await store.save('owner', port);
  }
  let copies = 0;
  while (copies < 10 && (await store.persistNext())) copies += 1;
  expect(copies).toBe(2);
  expect(store.diskBytes).toBe(2 * bytes);
});

test('what saving costs is learned, and one slow save is forgotten', () => {
  const cost = createSaveCost();
  expect(cost.isWithin(1000, 50)).toBe(true);
  expect(cost.isWithin(100_000, 50)).toBe(false);
  cost.learn(100, 1000, 100);
  expect(cost.likelyBytes(200)).toBe(2000);
  expect(cost.isWithin(40, 50)).toBe(true);
  expect(cost.isWithin(100, 50)).toBe(false);
  let tries = 0;
  while (!cost.isWithin(100, 50)) tries += 1;
  expect(tries).toBeLessThan(10);
});
