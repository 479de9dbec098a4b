/** The notices name every package that is shipped, however deep. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BUNDLED, collectNotices } from '../../../scripts/notices.mjs';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lull-notices-'));
  await writeFile(path.join(root, 'LICENSE'), 'MIT\n\nCopyright (c) 2026 Us\n\nwords of MIT\n');
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

/**
 * The packages that are bundled, so that only what a test adds is at stake.
 * @param {object} [more] fields of the app's manifest
 */
async function writeApp(more) {
  await write('.', { name: 'app', version: '1.0.0', ...more });
  for (const name of BUNDLED) {
    await write(`node_modules/${name}`, { name, version: '1.0.0', license: 'MIT' }, 'words');
  }
}

it('follows dependencies, nested and circular ones too, and leaves tools out', async () => {
  await writeApp({ dependencies: { a: '1' } });
  await write(
    'node_modules/a',
    { name: 'a', version: '1.0.0', license: 'MIT', dependencies: { b: '2' } },
    'words of a',
  );
  await write(
    'node_modules/a/node_modules/b',
    { name: 'b', version: '2.0.0', license: { type: 'ISC' }, dependencies: { a: '1' } },
    'words of b',
  );
  await write('node_modules/b', { name: 'b', version: '1.0.0', license: 'MIT' });
  await write('node_modules/tool', { name: 'tool', version: '1.0.0', license: 'MIT' });
  const text = collectNotices(root);
  expect(text).toContain('a 1.0.0 (MIT)\n\nwords of a');
  expect(text).toContain('b 2.0.0 (ISC)');
  expect(text).not.toContain('b 1.0.0');
  expect(text).not.toContain('tool');
});

it('names who wrote the engine, under the terms that they ask to be repeated', async () => {
  await writeApp();
  const text = collectNotices(root);
  expect(text).toMatch(/Copyright \(c\) 2023-\d{4} The ggml authors\n\nwords of MIT/);
  expect(text).not.toContain('Copyright (c) 2026 Us');
});

it('writes out the licence of one that only names it', async () => {
  await writeApp({ dependencies: { 'noise-curve-ed': '1' } });
  await write('node_modules/noise-curve-ed', {
    name: 'noise-curve-ed',
    version: '1.0.0',
    license: 'ISC',
  });
  expect(collectNotices(root)).toContain('Permission to use, copy, modify');
});

it('follows optional packages that are installed, less our own stand-ins', async () => {
  const optionalDependencies = { '@reflink/reflink': '1', gone: '1', stub: '1' };
  await writeApp({ dependencies: { a: '1' } });
  await write(
    'node_modules/a',
    { name: 'a', version: '1.0.0', license: 'MIT', optionalDependencies },
    'words of a',
  );
  const reflink = { name: '@reflink/reflink', version: '1.0.0', license: 'MIT' };
  await write('node_modules/@reflink/reflink', reflink);
  await write('node_modules/stub', { name: 'stub', version: '1.0.0', private: true });
  const text = collectNotices(root);
  expect(text).toMatch(/@reflink\/reflink 1\.0\.0 \(MIT\)\n\nMIT\n\nCopyright .*reflink/);
  expect(text).not.toContain('stub');
});

it('stops where a package or the text of its licence is missing', async () => {
  await writeApp({ dependencies: { a: '1' } });
  expect(() => collectNotices(root)).toThrow('a, which');
  await write('node_modules/a', { name: 'a', version: '1.0.0', license: 'MIT' });
  expect(() => collectNotices(root)).toThrow('a 1.0.0 (MIT) comes without');
});
