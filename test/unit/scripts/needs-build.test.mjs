/** Builds happen when a source changed, and only then. */
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needsBuild, rememberBuild, sourceStamp } from '../../../scripts/needs-build.mjs';

let root = '';
const source = () => path.join(root, 'electron', 'app', 'main.ts');

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'lull-build-'));
  await mkdir(path.dirname(source()), { recursive: true });
  await mkdir(path.join(root, 'dist'));
  await writeFile(source(), 'one');
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const build = () => {
  rememberBuild(root, sourceStamp(root));
};

it('asks for the first build', () => {
  expect(needsBuild(root)).toBe(true);
});

it('does not ask again for the same sources, whatever their dates', async () => {
  build();
  await utimes(source(), 1, 1);
  expect(needsBuild(root)).toBe(false);
});

it('asks again when a file changed, appeared, moved or went', async () => {
  build();
  await writeFile(source(), 'two');
  expect(needsBuild(root)).toBe(true);
  build();
  await writeFile(path.join(root, 'package-lock.json'), '{}');
  expect(needsBuild(root)).toBe(true);
  build();
  await writeFile(path.join(root, 'electron', 'main.ts'), 'two');
  await rm(source());
  expect(needsBuild(root)).toBe(true);
  build();
  await rm(path.join(root, 'electron', 'main.ts'));
  expect(needsBuild(root)).toBe(true);
});

it('tells content that moved from one file to the next', async () => {
  await writeFile(path.join(root, 'electron', 'a.ts'), 'ab');
  await writeFile(path.join(root, 'electron', 'b.ts'), 'c');
  const before = sourceStamp(root);
  await writeFile(path.join(root, 'electron', 'a.ts'), 'a');
  await writeFile(path.join(root, 'electron', 'b.ts'), 'bc');
  expect(sourceStamp(root)).not.toBe(before);
});

it('does not look at files outside the sources', async () => {
  build();
  await writeFile(path.join(root, 'README.md'), 'words');
  expect(needsBuild(root)).toBe(false);
});
