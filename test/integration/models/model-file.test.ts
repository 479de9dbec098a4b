import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GgufEntry, GgufTensor } from '../../../electron/models/gguf-writer.ts';
import { asModelError, inspectModel } from '../../../electron/models/model-file.ts';
import { STARTER_FILE } from '../../../electron/models/starter-golden.ts';
import { SMALL_ENTRIES, smallGguf, smallGgufWith, tensor } from '../../fixtures/small-gguf.ts';

const posix = process.platform !== 'win32';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lull-model-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function failure(path: string): Promise<unknown> {
  return inspectModel(path).then(
    () => null,
    (error: unknown) => error,
  );
}

function expectFailure(error: unknown, code: string, words: string): void {
  expect(error).toMatchObject({ code });
  expect(error).toHaveProperty('details', expect.stringContaining(words));
}

describe('a model file', () => {
  it('is described', async () => {
    const bytes = smallGguf();
    const path = await file('some.gguf', bytes);
    expect(await inspectModel(path)).toMatchObject({
      id: path,
      path,
      name: 'Tiny',
      sizeBytes: bytes.length,
      parameterCount: 101,
      isStarter: false,
    });
  });

  it('has another version once the file was replaced', async () => {
    const path = await file('some.gguf', smallGguf());
    const before = await inspectModel(path);
    expect((await inspectModel(path)).version).toBe(before.version);
    await utimes(path, 1, 1);
    expect((await inspectModel(path)).version).not.toBe(before.version);
  });

  it('goes by its file name when it has no other', async () => {
    const path = await file(
      'My Model.GGUF',
      smallGguf(SMALL_ENTRIES.filter(([key]) => key !== 'general.name')),
    );
    expect(await inspectModel(path)).toMatchObject({ name: 'My Model' });
  });

  it('is not the test model because it says so', async () => {
    const path = await file(
      'x.gguf',
      smallGgufWith(['general.name', { type: 'string', value: STARTER_FILE.name }]),
    );
    expect(await inspectModel(path)).toMatchObject({ name: STARTER_FILE.name, isStarter: false });
  });

  it('may be reached through a link', async () => {
    const path = await file('some.gguf', smallGguf());
    await symlink(path, join(folder, 'link.gguf'));
    expect(await inspectModel(join(folder, 'link.gguf'))).toMatchObject({ name: 'Tiny' });
  });

  it.runIf(posix).each([
    ['\u202emodel\u0007\n\u200bx.gguf', 'model x'],
    [`${'n'.repeat(240)}.gguf`, 'n'.repeat(120)],
    ['\u202e.gguf', 'Model without a name'],
    ['.gguf', 'Model without a name'],
  ])('shows a plain name whatever its file is called: %j', async (fileName, name) => {
    const nameless = SMALL_ENTRIES.filter(([key]) => key !== 'general.name');
    const path = await file(fileName, smallGguf(nameless));
    expect(await inspectModel(path)).toMatchObject({ path, name });
  });
});

describe('what is no model file', () => {
  it('is missing', async () => {
    expect(await failure(join(folder, 'no.gguf'))).toMatchObject({ code: 'model-missing' });
    expect(await failure(`${folder}/a\0b`)).toMatchObject({ code: 'model-missing' });
    const inside = join(await file('some.gguf', smallGguf()), 'more.gguf');
    expect(await failure(inside)).toMatchObject({ code: 'model-missing' });
  });

  it.runIf(posix)('is a link to nothing, to itself or to a device', async () => {
    await symlink(join(folder, 'nothing'), join(folder, 'dangling.gguf'));
    await symlink(join(folder, 'loop.gguf'), join(folder, 'loop.gguf'));
    await symlink('/dev/zero', join(folder, 'zero.gguf'));
    expect(await failure(join(folder, 'dangling.gguf'))).toMatchObject({ code: 'model-missing' });
    expect(await failure(join(folder, 'loop.gguf'))).toMatchObject({ code: 'model-missing' });
    expectFailure(await failure(join(folder, 'zero.gguf')), 'model-foreign', 'device');
  });

  it('is missing under a name that is shown plainly and not at any length', async () => {
    const odd = await failure(join(folder, 'a\u202efugg.gguf\u001b[2J'));
    expectFailure(odd, 'model-missing', 'a\ufffdfugg.gguf\ufffd[2J');
    const long = await failure(join(folder, 'x'.repeat(100_000), 'end.gguf'));
    expect(long).toMatchObject({ code: 'model-missing' });
    expect(long).toHaveProperty('details', expect.stringMatching(/^…x{290}.end\.gguf$/));
  });

  it('is a folder', async () => {
    await mkdir(join(folder, 'models.gguf'));
    expectFailure(await failure(join(folder, 'models.gguf')), 'model-foreign', 'folder');
  });

  it.runIf(posix)('is a device or a pipe, and nobody waits for it', async () => {
    const pipe = join(folder, 'pipe.gguf');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', '/dev/tty']) {
      expectFailure(await failure(path), 'model-foreign', 'device');
    }
  });

  it('is a file that the account may not read, or a broken disk', () => {
    const denied = Object.assign(new Error('no'), { code: 'EACCES' });
    expectFailure(asModelError(denied, 'x'), 'model-unreadable', 'permissions');
    const broken = Object.assign(new Error('no'), { code: 'EIO' });
    expect(asModelError(broken, 'x').details).toContain('EIO');
  });
});

const part = (index: number, count = 3): readonly GgufEntry[] => [
  ['split.no', { type: 'u16', value: index }],
  ['split.count', { type: 'u16', value: count }],
  ['split.tensors.count', { type: 'i32', value: 3 }],
];

const weights = (name: string): readonly GgufTensor[] => [tensor(name, [8], 0, 32)];

async function writeParts(...indexes: readonly number[]): Promise<string> {
  for (const index of indexes) {
    const entries = index === 0 ? [...SMALL_ENTRIES, ...part(0)] : part(index);
    await file(
      `big-0000${String(index + 1)}-of-00003.gguf`,
      smallGguf(entries, weights(`w${String(index)}`)),
    );
  }
  return join(folder, 'big-00001-of-00003.gguf');
}

describe('a model in parts', () => {
  it('is one model with the size of all', async () => {
    const info = await inspectModel(await writeParts(0, 1, 2));
    const sizes = [
      smallGguf([...SMALL_ENTRIES, ...part(0)], weights('w0')),
      smallGguf(part(1), weights('w1')),
    ];
    expect(info.sizeBytes).toBe((sizes[0]?.length ?? 0) + 2 * (sizes[1]?.length ?? 0));
    expect(info.parameterCount).toBe(24);
  });

  it('names the part that is missing', async () => {
    expect(await failure(await writeParts(0, 2))).toMatchObject({
      code: 'model-truncated',
      details: 'Its part big-00002-of-00003.gguf is not in the same folder.',
    });
  });

  it('names the part that is damaged', async () => {
    const path = await writeParts(0, 1, 2);
    await file('big-00003-of-00003.gguf', smallGguf(part(2), weights('w2')).subarray(0, 150));
    const cut = await failure(path);
    expect(cut).toMatchObject({ code: 'model-truncated' });
    expect(cut).toHaveProperty('details', expect.stringContaining('big-00003-of-00003.gguf: '));
    await file('big-00003-of-00003.gguf', smallGguf(part(1), weights('w2')));
    expect(await failure(path)).toMatchObject({ code: 'model-malformed' });
    await file('big-00003-of-00003.gguf', smallGguf(part(2), [...weights('a'), ...weights('b')]));
    expect(await failure(path)).toMatchObject({ code: 'model-malformed' });
  });

  it('is opened by its first part only, under the name that belongs to it', async () => {
    await writeParts(0, 1, 2);
    expectFailure(
      await failure(join(folder, 'big-00002-of-00003.gguf')),
      'model-unsupported',
      '-00001-of-00003.gguf',
    );
    const renamed = await file(
      'renamed.gguf',
      smallGguf([...SMALL_ENTRIES, ...part(0)], weights('w0')),
    );
    expectFailure(await failure(renamed), 'model-truncated', '-00001-of-00003.gguf');
  });
});
