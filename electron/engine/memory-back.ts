/** Whether the memory of a process that was killed is really free again, as far as the system tells. */
import type { Clock } from '../platform/clock.ts';

/** How much memory was free at a moment of the monotonic clock. */
export interface FreeMemory {
  readonly bytes: number;
  readonly atMs: number;
}

export interface ProcessMemory {
  /** Whether the process holds no memory any more. */
  isGone(pid: number): boolean;
  /**
   * Of the device that it computed on; on a graphics card the newest that the sensors have read.
   * @returns null while nobody can say: then the end of the process has to do
   */
  free(): FreeMemory | null;
}

const LOOK_MS = 20;
/** Two looks that differ by no more than this, or by this part, tell the same. */
const SAME_BYTES = 256 * 2 ** 20;
const SAME_PART = 0.02;

/**
 * Resolves once the process is gone and two readings after that agree; false when `limitMs` passes before. Drivers free
 * a card's memory some time after the process has ended.
 */
export function untilMemoryIsBack(
  pid: number,
  { memory, clock, limitMs }: { memory: ProcessMemory; clock: Clock; limitMs: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    const untilMs = clock.monotonicMs() + limitMs;
    let goneMs: number | null = null;
    let before: FreeMemory | null = null;
    const isBack = (): boolean => {
      if (!memory.isGone(pid)) return false;
      goneMs ??= clock.monotonicMs();
      const now = memory.free();
      if (now === null) return true;
      if (now.atMs < goneMs || now.atMs === before?.atMs) return false;
      const isSame = before !== null && agree(before.bytes, now.bytes);
      before = now;
      return isSame;
    };
    const look = (): void => {
      if (isBack()) resolve(true);
      else if (clock.monotonicMs() >= untilMs) resolve(false);
      else clock.after(LOOK_MS, look);
    };
    look();
  });
}

function agree(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(SAME_BYTES, Math.max(a, b) * SAME_PART);
}
