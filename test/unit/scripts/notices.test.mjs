/** The notices name every package that is shipped, however deep. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectNotices } from '../../../scripts/notices.mjs';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lull-notices-'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/**
 * @param {string} folder
 * @param {object} manifest
 * @param {string} [licence]
 */
async function write(folder, manifest, licence) {
  await mkdir(path.join(root, folder), { recursive: true });
  await writeFile(path.join(root, folder, 'package.json'), JSON.stringify(manifest));
  if (licence !== undefined) await writeFile(path.join(root, folder, 'LICENSE.md'), licence);
}

it('follows dependencies, nested and circular ones too, and leaves tools out', async () => {
  await write('.', { name: 'app', version: '1.0.0', dependencies: { a: '1', gone: '1' } });
  await write(
    'node_modules/a',
    { name: 'a', version: '1.0.0', license: 'MIT', dependencies: { b: '2' } },
    'words of a',
  );
  await write('node_modules/a/node_modules/b', {
    name: 'b',
    version: '2.0.0',
    license: { type: 'ISC' },
    dependencies: { a: '1' },
  });
  await write('node_modules/b', { name: 'b', version: '1.0.0', license: 'MIT' });
  await write('node_modules/tool', { name: 'tool', version: '1.0.0', license: 'MIT' });
  const text = collectNotices(root);
  expect(text).toContain('a 1.0.0 (MIT)\n\nwords of a');
  expect(text).toContain('b 2.0.0 (ISC)');
  expect(text).not.toContain('b 1.0.0');
  expect(text).not.toContain('tool');
});
