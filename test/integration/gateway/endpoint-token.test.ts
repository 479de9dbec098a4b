/** The token file: made once, private always, and never believed blindly. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEndpointToken, TOKEN_FILE } from '../../../electron/gateway/endpoint-token.ts';
import { systemRandom } from '../../../electron/platform/random.ts';

const PATTERN = /^lull-[A-Za-z0-9_-]{43}$/;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-token-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = () => readEndpointToken(folder, systemRandom);
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the endpoint token', () => {
  it('is made once and then stays', () => {
    const made = read();
    expect(made.token).toMatch(PATTERN);
    expect(made.path).toBe(join(folder, TOKEN_FILE));
    expect(made.tokenHash).toBe(createHash('sha256').update(made.token).digest('hex'));
    expect(readFileSync(made.path, 'utf8')).toBe(`${made.token}\n`);
    expect(read()).toEqual(made);
  });

  it('differs from one data folder to the next', () => {
    const other = join(folder, 'other');
    expect(readEndpointToken(other, systemRandom).token).not.toBe(read().token);
  });

  it.skipIf(process.platform === 'win32')('is taken away from others', () => {
    const { path, token } = read();
    expect(modeOf(path)).toBe(0o600);
    chmodSync(path, 0o644);
    expect(read().token).toBe(token);
    expect(modeOf(path)).toBe(0o600);
  });

  it.each(['', 'lull-short', `lull-${'a'.repeat(44)}`, 'a'.repeat(10_000), 'lull-\0'])(
    'is made anew where the file holds something else',
    (content) => {
      writeFileSync(join(folder, TOKEN_FILE), content);
      const { token, path } = read();
      expect(token).toMatch(PATTERN);
      expect(readFileSync(path, 'utf8')).toBe(`${token}\n`);
    },
  );

  it.skipIf(process.platform === 'win32')('is not read through a link', () => {
    const target = join(folder, 'target');
    const planted = `lull-${'p'.repeat(43)}`;
    writeFileSync(target, planted);
    symlinkSync(target, join(folder, TOKEN_FILE));
    expect(read().token).not.toBe(planted);
    expect(readFileSync(target, 'utf8')).toBe(planted);
  });

  it('says so when the folder cannot be used', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => readEndpointToken(join(file, 'below'), systemRandom)).toThrow(
      expect.objectContaining({ name: 'AppError' }) as Error,
    );
    expect(existsSync(join(folder, TOKEN_FILE))).toBe(false);
  });
});
