/** Reads from /proc what memory is free, and whether a process still holds any. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { ProcessMemory } from './memory-back.ts';

const KIB = 1024;

/** @param procFolder another one than `/proc`, for tests */
export function createLinuxMemory(clock: Clock, procFolder = '/proc'): ProcessMemory {
  return {
    isGone(pid) {
      const stat = readOrNull(join(procFolder, String(pid), 'stat'));
      // The name stands in brackets and may hold anything. A zombie has given its memory back already.
      return stat === null || /\) [ZX] [^)]*$/.test(stat);
    },
    free() {
      const text = readOrNull(join(procFolder, 'meminfo')) ?? '';
      const [, kib] = /^MemAvailable:\s+(\d+) kB$/m.exec(text) ?? [];
      return kib === undefined ? null : { bytes: Number(kib) * KIB, atMs: clock.monotonicMs() };
    },
  };
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
