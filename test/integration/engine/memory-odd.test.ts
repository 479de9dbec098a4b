/** Memory that does not come back, from files such as the kernel writes: a process stuck in it, and others who take at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { untilMemoryIsBack } from '../../../electron/engine/memory-back.ts';
import { createLinuxMemory } from '../../../electron/engine/memory-linux.ts';
import { systemClock } from '../../../electron/platform/clock.ts';

const LIMIT_MS = 400;
const GIB_IN_KIB = 1024 * 1024;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lull-proc-'));
  writeFree(8);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeFree(gib: number): void {
  writeFileSync(path.join(folder, 'meminfo'), `MemAvailable: ${gib * GIB_IN_KIB} kB\n`);
}

function writeState(pid: number, state: string): void {
  mkdirSync(path.join(folder, String(pid)), { recursive: true });
  writeFileSync(path.join(folder, String(pid), 'stat'), `${pid} (lull engine) ${state} 1 1 1 0\n`);
}

const isBack = (pid: number): Promise<boolean> =>
  untilMemoryIsBack(pid, {
    memory: createLinuxMemory(systemClock, folder),
    clock: systemClock,
    limitMs: LIMIT_MS,
  });

test('the states are those that the kernel really writes', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid ?? 0;
  const { isGone } = createLinuxMemory(systemClock);
  const state = () => / \(sleep\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  await expect.poll(state).toBe('S');
  expect(isGone(pid)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isGone(pid)).toBe(true);
});

test('a process that hangs in the kernel is waited for, and no longer than is allowed', async () => {
  const pid = 4_000_001;
  writeState(pid, 'D');
  const beganMs = performance.now();
  expect(await isBack(pid)).toBe(false);
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(LIMIT_MS - 20);
});

test('one that comes out of it late gives its memory back then', async () => {
  const pid = 4_000_002;
  writeState(pid, 'D');
  setTimeout(() => {
    writeState(pid, 'Z');
  }, LIMIT_MS / 4);
  expect(await isBack(pid)).toBe(true);
});

test('memory that somebody else takes and gives all the time is never called settled', async () => {
  let gib = 8;
  // Each reading finds another amount, whenever it comes.
  const memory = createLinuxMemory(systemClock, folder);
  const free = () => {
    gib = gib === 8 ? 4 : 8;
    writeFree(gib);
    return memory.free();
  };
  const wish = { memory: { ...memory, free }, clock: systemClock, limitMs: LIMIT_MS };
  expect(await untilMemoryIsBack(4_000_003, wish)).toBe(false);
});
