import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createModelFolder, type ModelFolder } from '../../../electron/models/model-folder.ts';
import { inspectModel } from '../../../electron/models/model-file.ts';
import { readModelShape } from '../../../electron/models/model-shape.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { cacheBytesPerToken } from '../../../electron/engine/fit.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

let root: string;
let folder: ModelFolder;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lull-folder-'));
  folder = createModelFolder(path.join(root, 'models'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('the folder of models', () => {
  it('is made when it is looked at, and lists files only', async () => {
    expect(await folder.files()).toEqual([]);
    expect(await folder.freeBytes()).toBeGreaterThan(0);
    mkdirSync(path.join(folder.path, 'inner'));
    put('a.gguf', 'abc');
    symlinkSync(path.join(root, 'elsewhere'), path.join(folder.path, 'link'));
    expect(await folder.files()).toEqual([{ name: 'a.gguf', sizeBytes: 3 }]);
  });

  it.each(['../out.gguf', 'a/b.gguf', '..', '.', '', 'c:\\x', 'a:stream'])(
    'has no place for %j',
    async (name) => {
      expect(() => folder.placeOf(name)).toThrow(AppError);
      await expect(folder.remove(name)).rejects.toMatchObject({ code: 'bad-request' });
    },
  );

  it('knows its files by another way to them', async () => {
    await folder.freeBytes();
    put('a.gguf', 'abc');
    symlinkSync(folder.path, path.join(root, 'alias'));
    writeFileSync(path.join(root, 'a.gguf'), 'another');
    const ways = [path.join(root, 'alias', 'a.gguf'), path.join(root, 'a.gguf'), '/away/a.gguf'];
    expect(await folder.namesOf(ways)).toEqual(['a.gguf']);
  });

  it('shortens a name that leaves no room for what goes behind it', async () => {
    const name = await folder.freeName(`${'ü'.repeat(125)}.gguf`, new Set());
    expect(name).toBe(`${'ü'.repeat(100)}.gguf`);
    expect(await folder.freeName(name, new Set([name]))).toBe(`${'ü'.repeat(100)}-2.gguf`);
    expect(await folder.freeName('plain', new Set())).toBe('plain');
  });

  it('removes a link and not what it leads to', async () => {
    await folder.freeBytes();
    const target = path.join(root, 'precious');
    writeFileSync(target, 'kept');
    symlinkSync(target, path.join(folder.path, 'link.gguf'));
    await folder.remove('link.gguf');
    expect(readFileSync(target, 'utf8')).toBe('kept');
    expect(readdirSync(folder.path)).toEqual([]);
    await folder.remove('never-there.gguf');
  });

  it('finds a free name whatever the case', async () => {
    await folder.freeBytes();
    put('Model.gguf', '1');
    expect(await folder.freeName('model.gguf', new Set(['model-2.gguf']))).toBe('model-3.gguf');
    expect(await folder.freeName('other.gguf', new Set())).toBe('other.gguf');
  });
});

describe('a copy into the folder', () => {
  it('has every byte, and tells how far it is', async () => {
    const told: number[] = [];
    const copy = await copyIn('copy.gguf', (done) => told.push(done));
    expect(readFileSync(copy).equals(readFileSync(STARTER_PATH))).toBe(true);
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(readFileSync(STARTER_PATH).length);
    expect(readdirSync(folder.path)).toEqual(['copy.gguf']);
  });

  it('is never put over another file', async () => {
    await folder.freeBytes();
    put('copy.gguf', 'mine');
    await expect(copyIn('copy.gguf')).rejects.toMatchObject({ code: 'bad-request' });
    expect(readFileSync(path.join(folder.path, 'copy.gguf'), 'utf8')).toBe('mine');
  });

  it('leaves nothing when it is stopped or of no use', async () => {
    const abort = new AbortController();
    const stopped = copyIn(
      'copy.gguf',
      () => {
        abort.abort();
      },
      abort.signal,
    );
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    const foreign = path.join(root, 'foreign.gguf');
    writeFileSync(foreign, 'not a model at all, by any means');
    const useless = folder.copyIn({
      source: foreign,
      name: 'copy.gguf',
      signal: new AbortController().signal,
      onProgress: () => undefined,
      check: inspectModel,
    });
    await expect(useless).rejects.toMatchObject({ code: 'model-foreign' });
    expect(readdirSync(folder.path)).toEqual([]);
    expect(existsSync(foreign)).toBe(true);
  });
});

describe('the shape of a model', () => {
  it('is read from its header', async () => {
    const shape = await readModelShape(STARTER_PATH);
    expect(shape).toMatchObject({ layers: 8, embedding: 512, heads: 8, cacheHeads: 2 });
    expect(cacheBytesPerToken(shape)).toBe(8 * 2 * (64 + 64) * 2);
  });

  it('fails in words', async () => {
    await expect(readModelShape(path.join(root, 'nowhere'))).rejects.toMatchObject({
      code: 'model-missing',
    });
  });
});

function put(name: string, content: string): void {
  writeFileSync(path.join(folder.path, name), content);
}

function copyIn(
  name: string,
  onProgress: (done: number) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  return folder.copyIn({ source: STARTER_PATH, name, signal, onProgress, check: inspectModel });
}
