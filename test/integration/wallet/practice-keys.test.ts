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
import { createMemoryLog, type MemoryLog } from '../../fakes/memory-log.ts';

let folder = '';
let path = '';
let log: MemoryLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lull-keys-'));
  path = join(folder, PRACTICE_KEYS_FILE);
  log = createMemoryLog();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function read(file = path): PracticeKeys {
  return readPracticeKeys(file, { random: systemRandom, log });
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

  it('lie in one file that only its owner can read, and nowhere in the log', () => {
    const keys = bytesOf(read());
    expect(readdirSync(folder)).toEqual([PRACTICE_KEYS_FILE]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    expect(bytesOf(read())).toEqual(keys);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(log.lines.filter((line) => line.includes('could be read by others'))).toHaveLength(1);
    expect(log.lines.some((line) => keys.some((key) => line.includes(key)))).toBe(false);
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
    writeFileSync(`${path}.part`, '{"version": 1, "own', { mode: 0o644 });
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
    const late = bytesOf(readPracticeKeys(path, { random: racing, log }));
    expect(late).toEqual(raced);
    expect(bytesOf(read())).toEqual(raced);
  });

  it('say so when there is no folder for them', () => {
    const failure = failureOf(() => read(join(folder, 'absent', PRACTICE_KEYS_FILE)));
    expect(failure.code).toBe('data-folder-unusable');
  });
});
