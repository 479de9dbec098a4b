/** Packs on a real disk: what a good one becomes, what a hostile one cannot, and what a kill leaves. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  clearPacks,
  hasTarball,
  installedPacks,
  packPath,
  removePack,
  tarballPath,
  unpackingPath,
} from '../../../electron/models/pack-folder.ts';
import { installPack, unpackOrder } from '../../../electron/models/pack-install.ts';
import { unpackPack } from '../../../electron/models/pack-unpack.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { tarOf, type TarEntry } from '../../fakes/npm-tarball.ts';
import { fileEntry, packOf, pinned, type FakePack } from '../../fakes/packs.ts';

const NAME = 'linux-x64-cuda';
const GOOD = [
  fileEntry('package.json', '{"version":"3.21.1"}'),
  fileEntry('bins/linux-x64-cuda/llama-addon.node', randomBytes(70_000)),
  fileEntry('bins/linux-x64-cuda/fallback/libggml-cuda.so', randomBytes(512)),
];
const KILLS = 12;

let root: string;
let folder: string;
let children: ForkedChildren;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lull-packs-'));
  folder = path.join(root, 'packs');
  mkdirSync(folder);
  children = createForkedChildren('models');
});

afterEach(async () => {
  await children.dispose();
  rmSync(root, { recursive: true, force: true });
});

function lay({ pin, tarball }: FakePack): void {
  writeFileSync(tarballPath(folder, pin), tarball);
}

function install(pack: FakePack, signal = new AbortController().signal): Promise<void> {
  lay(pack);
  return installPack(children.spawn, folder, pack.pin, signal);
}

/** Without the process, whose start takes longer than its work. */
function unpack(pack: FakePack): Promise<void> {
  lay(pack);
  return unpackPack(unpackOrder(folder, pack.pin));
}

/** Everything below the folder, but for the tarball. */
function found(): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !name.endsWith('.tgz')).sort();
}

describe('a good pack', () => {
  it('is unpacked for its owner alone, and counts as installed', async () => {
    const pack = packOf(NAME, GOOD);
    await install(pack);
    const place = packPath(folder, pack.pin);
    expect(installedPacks(folder, [pack.pin])).toEqual({ [NAME]: place });
    for (const { name, content } of GOOD) {
      const file = path.join(place, name.slice('package/'.length));
      expect(readFileSync(file).equals(content)).toBe(true);
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    if (process.platform !== 'win32') expect(statSync(place).mode & 0o777).toBe(0o700);
    expect(existsSync(unpackingPath(place))).toBe(false);
  });

  it('takes the place of one that is not whole', async () => {
    const pack = packOf(NAME, GOOD);
    const place = packPath(folder, pack.pin);
    mkdirSync(place);
    writeFileSync(path.join(place, 'package.json'), 'half');
    expect(installedPacks(folder, [pack.pin])).toEqual({});
    await install(pack);
    expect(Object.keys(installedPacks(folder, [pack.pin]))).toEqual([NAME]);
  });

  it('counts no more once a file of it is gone, shorter, or of another pack', async () => {
    const pack = packOf(NAME, GOOD);
    await install(pack);
    expect(installedPacks(folder, [{ ...pack.pin, integrity: 'sha512-other' }])).toEqual({});
    const file = path.join(packPath(folder, pack.pin), 'bins/linux-x64-cuda/llama-addon.node');
    writeFileSync(file, 'short');
    expect(installedPacks(folder, [pack.pin])).toEqual({});
    rmSync(file);
    expect(installedPacks(folder, [pack.pin])).toEqual({});
  });

  it('is removed with everything that belongs to it', async () => {
    const pack = packOf(NAME, GOOD);
    await install(pack);
    await removePack(folder, pack.pin);
    expect(readdirSync(folder)).toEqual([]);
    await removePack(folder, pack.pin);
  });
});

const link = (name: string, type: string): TarEntry => ({ name, content: Buffer.alloc(0), type });
const HOSTILE: readonly (readonly [string, readonly TarEntry[]])[] = [
  ['a symbolic link', [...GOOD, link('package/bins/evil.so', '2')]],
  ['a hard link', [...GOOD, link('package/bins/evil.so', '1')]],
  ['a device', [...GOOD, link('package/bins/evil.so', '3')]],
  ['a pipe', [...GOOD, link('package/bins/evil.so', '6')]],
  ['a long name of its own', [...GOOD, link('././@LongLink', 'L')]],
  ['a header for others', [...GOOD, link('package/pax', 'x')]],
  ['a path that climbs', [...GOOD, fileEntry('../../evil.so', 'evil')]],
  ['a path that climbs later', [...GOOD, fileEntry('bins/../../../evil.so', 'evil')]],
  ['an absolute path', [...GOOD, { name: '/tmp/evil.so', content: Buffer.from('evil') }]],
  ['a path of another system', [...GOOD, fileEntry('bins\\..\\evil.dll', 'evil')]],
  ['a drive', [...GOOD, fileEntry('C:/evil.dll', 'evil')]],
  ['a file beside the package', [...GOOD, { name: 'evil.so', content: Buffer.from('evil') }]],
  ['a hidden file', [...GOOD, fileEntry('.profile', 'evil')]],
  ['an empty name', [...GOOD, fileEntry('bins//evil', 'evil')]],
  ['a name that ends in a dot', [...GOOD, fileEntry('bins/evil.', 'evil')]],
  ['a file twice', [...GOOD, fileEntry('Package.json', '{}')]],
  ['our own record', [...GOOD, fileEntry('lull-pack.json', '{}')]],
];

describe('a hostile pack', () => {
  it.each(HOSTILE)('with %s leaves nothing, inside or outside', async (_what, entries) => {
    const before = readdirSync(root);
    await expect(unpack(packOf(NAME, entries))).rejects.toMatchObject({
      code: 'download-damaged',
    });
    expect(found()).toEqual([]);
    expect(readdirSync(root)).toEqual(before);
    expect(existsSync('/tmp/evil.so')).toBe(false);
  });

  it.each([
    ['more bytes', { unpackedBytes: 70_000 }],
    ['fewer bytes', { unpackedBytes: 100_000 }],
    ['more files', { fileCount: 2 }],
    ['fewer files', { fileCount: 4 }],
  ])('with %s than were promised is refused', async (_what, changes) => {
    await expect(unpack(packOf(NAME, GOOD, changes))).rejects.toMatchObject({
      code: 'download-damaged',
    });
    expect(found()).toEqual([]);
  });

  it('that swells is stopped before it is written', async () => {
    const bomb = fileEntry('bins/bomb', Buffer.alloc(64 * 2 ** 20));
    const pack = packOf(NAME, [...GOOD, bomb], { unpackedBytes: 80_000 });
    expect(pack.tarball.length).toBeLessThan(1_000_000);
    await expect(unpack(pack)).rejects.toMatchObject({ code: 'download-damaged' });
    expect(found()).toEqual([]);
  });

  it('is not even looked into when its hash is another', async () => {
    const { pin, tarball } = packOf(NAME, GOOD);
    const other = Buffer.from(tarball);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    await expect(unpack({ pin, tarball: other })).rejects.toMatchObject({
      code: 'download-damaged',
      details: 'Its SHA-512 is not the pinned one.',
    });
    expect(found()).toEqual([]);
  });

  it.each([
    ['cut off', (tar: Buffer) => gzipSync(tar).subarray(0, -3_000)],
    ['cut off within its files', (tar: Buffer) => gzipSync(tar.subarray(0, 40_000))],
    ['no archive', () => gzipSync(randomBytes(2_000))],
    ['not packed', (tar: Buffer) => tar],
    ['empty', () => gzipSync(Buffer.alloc(0))],
  ])('that is %s is refused', async (_what, spoil) => {
    const pack = pinned(NAME, Buffer.from(spoil(tarOf(GOOD))), GOOD);
    await expect(unpack(pack)).rejects.toMatchObject({ code: 'download-damaged' });
    expect(found()).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('is not reached through a link', async () => {
    const pack = packOf(NAME, GOOD);
    const elsewhere = path.join(root, 'elsewhere.tgz');
    writeFileSync(elsewhere, pack.tarball);
    symlinkSync(elsewhere, tarballPath(folder, pack.pin));
    await expect(unpackPack(unpackOrder(folder, pack.pin))).rejects.toThrow('ELOOP');
    expect(found()).toEqual([]);
  });
});

describe('the process', () => {
  it('says why a pack is none', async () => {
    const { pin, tarball } = packOf(NAME, GOOD);
    const end = install({ pin: { ...pin, fileCount: 2 }, tarball });
    await expect(end).rejects.toMatchObject({
      code: 'download-damaged',
      details: 'The archive holds too many files.',
    });
    expect(found()).toEqual([]);
  });
});

describe('a kill in the middle', () => {
  const LARGE = Array.from({ length: 40 }, (_none, index) =>
    fileEntry(`bins/part-${String(index)}.so`, randomBytes(100_000)),
  );

  it('never leaves a pack that is used, and the next try is whole', async () => {
    const pack = packOf(NAME, LARGE);
    lay(pack);
    let interrupted = 0;
    for (let kills = 0; kills < KILLS; kills++) {
      const staging = unpackingPath(packPath(folder, pack.pin));
      rmSync(staging, { recursive: true, force: true });
      const filled = filesIn(folder, staging, 1 + kills * 3);
      const end = installPack(children.spawn, folder, pack.pin, new AbortController().signal);
      const outcome = end.then(
        () => 'done',
        () => 'killed',
      );
      await Promise.race([filled.reached, outcome]);
      children.processes.at(-1)?.kill('SIGKILL');
      filled.stop();
      if ((await outcome) === 'done') continue;
      interrupted += 1;
      expect(existsSync(staging)).toBe(true);
      expect(installedPacks(folder, [pack.pin])).toEqual({});
    }
    expect(interrupted).toBeGreaterThan(KILLS / 2);
    await clearPacks(folder, [pack.pin]);
    expect(found()).toEqual([]);
    expect(hasTarball(folder, pack.pin)).toBe(true);
    await installPack(children.spawn, folder, pack.pin, new AbortController().signal);
    expect(Object.keys(installedPacks(folder, [pack.pin]))).toEqual([NAME]);
  });

  it('by us tidies up', async () => {
    const pack = packOf(NAME, LARGE);
    lay(pack);
    const stop = new AbortController();
    const staging = unpackingPath(packPath(folder, pack.pin));
    const filled = filesIn(folder, staging, 3);
    const end = installPack(children.spawn, folder, pack.pin, stop.signal);
    const refused = expect(end).rejects.toMatchObject({ code: 'cancelled' });
    await filled.reached;
    filled.stop();
    stop.abort();
    await refused;
    expect(installedPacks(folder, [pack.pin])).toEqual({});
    await clearPacks(folder, [pack.pin]);
    expect(found()).toEqual([]);
  });
});

describe('clearing', () => {
  it('deletes packs of older versions and half ones, and nothing that is not a pack', async () => {
    const { pin } = packOf(NAME, GOOD);
    const kept = [`${NAME}-3.21.1`, `${NAME}-3.21.1.tgz`, `${NAME}-3.21.1.tgz.part`, 'mine.txt'];
    const old = [`${NAME}-3.20.0`, `${NAME}-3.20.0.tgz`, `${NAME}-3.21.1.unpacking`];
    for (const name of [...kept, ...old, `${NAME}-3.21.1.removed`]) {
      mkdirSync(path.join(folder, name));
    }
    await clearPacks(folder, [pin]);
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
    await clearPacks(path.join(root, 'nowhere'), [pin]);
  });
});

/** Resolves once so many files have come to lie in a folder that is made later. */
function filesIn(parent: string, staging: string, count: number) {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const looker = watch(parent, { recursive: true }, () => {
    const bins = path.join(staging, 'bins');
    if (existsSync(bins) && readdirSync(bins).length >= count) resolve(undefined);
  });
  return {
    reached: promise,
    stop: () => {
      looker.close();
    },
  };
}
