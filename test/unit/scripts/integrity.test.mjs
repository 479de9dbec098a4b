/** A downloaded file is opened only when it is the pinned one. */
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { matchesIntegrity } from '../../../scripts/integrity.mjs';

let folder = '';
let file = '';
let pinned = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lull-integrity-'));
  file = path.join(folder, 'package.tgz');
  const content = randomBytes(100_000);
  await writeFile(file, content);
  pinned = `sha512-${createHash('sha512').update(content).digest('base64')}`;
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('accepts the pinned file', async () => {
  expect(await matchesIntegrity(file, pinned)).toBe(true);
});

it('refuses a file with one byte more', async () => {
  await appendFile(file, 'x');
  expect(await matchesIntegrity(file, pinned)).toBe(false);
});

it.each(['', 'sha512-', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', 'md5-x'])(
  'refuses everything when the pin is "%s"',
  async (pin) => {
    expect(await matchesIntegrity(file, pin)).toBe(false);
  },
);

it('stops when it is cancelled', async () => {
  await expect(matchesIntegrity(file, pinned, AbortSignal.abort())).rejects.toThrow();
});
