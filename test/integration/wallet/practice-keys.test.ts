import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../electron/platform/app-error.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import {
  PRACTICE_KEYS_FILE,
  readPracticeKeys,
  type PracticeKeys,
} from '../../../electron/wallet/practice-keys.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-keys-'));
  path = join(folder, PRACTICE_KEYS_FILE);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function read(file = path, sealingKey: Uint8Array | null = null): PracticeKeys {
  return readPracticeKeys(file, { random: systemRandom, sealingKey });
}

function bytesOf({ owner, relay, supplier, peerSeed }: PracticeKeys): readonly string[] {
  return [owner, relay, supplier, peerSeed].map((key) => Buffer.from(key).toString('hex'));
}

function failureOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('practice keys', () => {
  it('are four, are there again after a restart, and differ from node to node', () => {
    const first = bytesOf(read());
    expect(new Set(first).size).toBe(4);
    expect(first.every((hex) => /^[0-9a-f]{64}$/.test(hex))).toBe(true);
    expect(bytesOf(read())).toEqual(first);
    const neighbour = join(folder, 'neighbour');
    mkdirSync(neighbour);
    const other = bytesOf(read(join(neighbour, PRACTICE_KEYS_FILE)));
    expect(new Set([...first, ...other]).size).toBe(8);
    expect(bytesOf(read())).toEqual(first);
  });

  it('lie in one file that only its owner can read', () => {
    const keys = bytesOf(read());
    expect(readdirSync(folder)).toEqual([PRACTICE_KEYS_FILE]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    const again = read();
    expect(bytesOf(again)).toEqual(keys);
    expect(again.wasOpen).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(read().wasOpen).toBe(false);
  });

  it('are wiped by dispose', () => {
    const keys = read();
    keys.dispose();
    expect(new Set(bytesOf(keys))).toEqual(new Set(['0'.repeat(64)]));
  });

  const spoilt: readonly (readonly [string, (text: string) => string])[] = [
    ['is empty', () => ''],
    ['is half', (text) => text.slice(0, text.length / 2)],
    ['holds zeros', (text) => '\0'.repeat(text.length)],
    ['is of another version', (text) => text.replace('"version": 1', '"version": 2')],
    ['lacks a key', (text) => text.replace(/"relay".*\n/, '')],
    ['holds something more', (text) => text.replace('{', '{ "more": 1,')],
    [
      'holds a key that is none',
      (text) => text.replace(/("owner": "0x)\w{64}/, `$1${'f'.repeat(64)}`),
    ],
    ['is far too long', (text) => text + ' '.repeat(5_000)],
  ];

  it.each(spoilt)('are never made anew over a file that %s', (_what, spoil) => {
    const keys = bytesOf(read());
    const content = spoil(readFileSync(path, 'utf8'));
    writeFileSync(path, content);
    const failure = failureOf(() => read());
    expect(failure.code).toBe('keys-unusable');
    expect(failure.details).toContain(`${path} is damaged`);
    expect(readFileSync(path, 'utf8')).toBe(content);
    const told = `${failure.message} ${String(failure.details)} ${String(failure.cause)}`;
    expect(keys.some((key) => told.includes(key.slice(0, 12)))).toBe(false);
  });

  it('are not read through a link, nor from a folder', () => {
    read(join(folder, 'elsewhere.json'));
    symlinkSync(join(folder, 'elsewhere.json'), path);
    expect(failureOf(() => read()).code).toBe('keys-unusable');
    rmSync(path);
    mkdirSync(path);
    expect(failureOf(() => read()).code).toBe('keys-unusable');
  });

  it('survive a crash in the middle of their making', () => {
    // Left by a process that is gone, and by an earlier one with this very number.
    for (const pid of [process.pid, 2 ** 30]) {
      const part = `${path}.${String(pid)}.part`;
      writeFileSync(part, '{"version": 1, "own', { mode: 0o644 });
    }
    const keys = bytesOf(read());
    expect(readdirSync(folder)).toEqual([PRACTICE_KEYS_FILE]);
    expect(bytesOf(read())).toEqual(keys);
  });

  it('are those of whoever came first, when two made them at once', () => {
    let raced: readonly string[] = [];
    const racing = {
      ...systemRandom,
      bytes: (count: number) => {
        // Between looking for the file and writing it.
        if (raced.length === 0) raced = bytesOf(read());
        return systemRandom.bytes(count);
      },
    };
    const late = bytesOf(readPracticeKeys(path, { random: racing, sealingKey: null }));
    expect(late).toEqual(raced);
    expect(bytesOf(read())).toEqual(raced);
  });

  it('say so when there is no folder for them', () => {
    const failure = failureOf(() => read(join(folder, 'absent', PRACTICE_KEYS_FILE)));
    expect(failure.code).toBe('data-folder-unusable');
  });
});

describe('sealed practice keys', () => {
  const SEAL = new Uint8Array(32).fill(7);
  const OTHER = new Uint8Array(32).fill(8);

  it('show nothing of themselves in the file, and are there again under the same key', () => {
    const made = read(path, SEAL);
    const text = readFileSync(path, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ version: 2, cipher: 'aes-256-gcm' });
    expect(bytesOf(made).some((key) => text.includes(key))).toBe(false);
    expect(made.keptIn).toBe('key-store');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(bytesOf(read(path, SEAL))).toEqual(bytesOf(made));
  });

  it('are the old ones, sealed as soon as there is a key store', () => {
    const plain = read();
    expect(plain.keptIn).toBe('file');
    const sealed = read(path, SEAL);
    expect(sealed.keptIn).toBe('key-store');
    expect(bytesOf(sealed)).toEqual(bytesOf(plain));
    const text = readFileSync(path, 'utf8');
    expect(bytesOf(plain).some((key) => text.includes(key))).toBe(false);
    expect(readdirSync(folder)).toEqual([PRACTICE_KEYS_FILE]);
    expect(bytesOf(read(path, SEAL))).toEqual(bytesOf(plain));
  });

  it('stay as they are when they cannot be sealed', () => {
    const plain = bytesOf(read());
    const content = readFileSync(path, 'utf8');
    // A folder stands where the sealed file would be written first.
    mkdirSync(`${path}.${String(process.pid)}.part`);
    const found = read(path, SEAL);
    expect(found.keptIn).toBe('file');
    expect(bytesOf(found)).toEqual(plain);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('are neither opened nor written over without their key, or with another', () => {
    read(path, SEAL);
    const content = readFileSync(path, 'utf8');
    for (const key of [null, OTHER]) {
      const failure = failureOf(() => read(path, key));
      expect(failure.code).toBe('keys-sealed');
      expect(failure.details).toContain(path);
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });

  it('say what helps when the key store gives another key, and when there is none', () => {
    read(path, SEAL);
    expect(failureOf(() => read(path, OTHER)).details).toMatch(/Put the seal\.bin back/);
    expect(failureOf(() => read(path, null)).details).toMatch(/no key store/);
  });

  it('are refused when a single bit of them has changed', () => {
    read(path, SEAL);
    const content = readFileSync(path, 'utf8');
    for (const field of ['nonce', 'ciphertext', 'tag']) {
      const spoilt = content.replace(
        new RegExp(`("${field}": "0x\\w*)(\\w)"`),
        (_all, start, last) => {
          const other = (Number.parseInt(String(last), 16) ^ 1).toString(16);
          return `${String(start)}${other}"`;
        },
      );
      expect(spoilt).not.toBe(content);
      writeFileSync(path, spoilt);
      expect(failureOf(() => read(path, SEAL)).code).toBe('keys-sealed');
    }
    writeFileSync(path, content.replace('"version": 2', '"version": 3'));
    expect(failureOf(() => read(path, SEAL)).code).toBe('keys-unusable');
  });
});
