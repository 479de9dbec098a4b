/** Model hashes on real files. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createModelHashes } from '../../../electron/models/model-sha256.ts';
import { STARTER_FILE } from '../../../electron/models/starter-golden.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-hash-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function model(text: string, version: string) {
  const path = join(folder, 'model.gguf');
  writeFileSync(path, text);
  return { path, version, isStarter: false };
}

const shaOf = (text: string) => `0x${createHash('sha256').update(text).digest('hex')}`;

it('hashes a file once per version, also after a restart', async () => {
  const store = join(folder, 'hashes.json');
  const first = model('one', '1');
  expect(await createModelHashes(store, createMemoryLog()).sha256Of(first)).toBe(shaOf('one'));
  model('two', '1');
  const again = createModelHashes(store, createMemoryLog());
  expect(await again.sha256Of(first)).toBe(shaOf('one'));
  expect(await again.sha256Of({ ...first, version: '2' })).toBe(shaOf('two'));
});

it('knows the test model without reading it', async () => {
  const hashes = createModelHashes(join(folder, 'hashes.json'), createMemoryLog());
  const starter = { path: join(folder, 'absent'), version: '1', isStarter: true };
  expect(await hashes.sha256Of(starter)).toBe(`0x${STARTER_FILE.sha256}`);
});

it('says that a file is gone', async () => {
  const hashes = createModelHashes(join(folder, 'hashes.json'), createMemoryLog());
  const gone = { path: join(folder, 'absent'), version: '1', isStarter: false };
  await expect(hashes.sha256Of(gone)).rejects.toMatchObject({ code: 'model-missing' });
});
