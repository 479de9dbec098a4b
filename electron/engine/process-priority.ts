/** Lowers and raises the priority of what this process computes, where the system lets it have both. */
import { readdirSync, readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const { PRIORITY_NORMAL, PRIORITY_BELOW_NORMAL } = constants.priority;
/** Bit of CAP_SYS_NICE in the capabilities of a process. */
const CAP_SYS_NICE = 23n;
/** A limit of 20 lets a process come back to the niceness 0. */
const BACK_TO_NORMAL = 20;

/**
 * @returns null where a process that was lowered may not be raised again: it would answer its owner's own questions
 * behind everything else for the rest of its life, so it is never lowered. That is so on macOS, and on Linux unless the
 * account has been given the right (`nice` in limits.conf, LimitNICE, CAP_SYS_NICE). Windows always allows it.
 */
export function processPriority(
  platform: NodeJS.Platform,
  onFailure: (error: unknown) => void,
): ((isLow: boolean) => void) | null {
  if (platform !== 'win32' && !(platform === 'linux' && isRaisable())) return null;
  return (isLow) => {
    const priority = isLow ? PRIORITY_BELOW_NORMAL : PRIORITY_NORMAL;
    const set = (id: number): void => {
      setPriority(id, priority);
    };
    try {
      setAll(platform === 'linux' ? threads() : [0], set, onFailure);
    } catch (error) {
      onFailure(error);
    }
  };
}

/** One that fails, as a thread does that has ended meanwhile, must not leave the others behind everything else. */
export function setAll(
  ids: readonly number[],
  set: (id: number) => void,
  onFailure: (error: unknown) => void,
): void {
  for (const id of ids) {
    try {
      set(id);
    } catch (error) {
      if (!hasEnded(error)) onFailure(error);
    }
  }
}

function hasEnded(error: unknown): boolean {
  return error instanceof Error && 'info' in error && codeOf(error.info) === 'ESRCH';
}

function codeOf(info: unknown): unknown {
  return typeof info === 'object' && info !== null && 'code' in info ? info.code : undefined;
}

/** @param limits what `/proc/self/limits` says, and `status` the same of `/proc/self/status` */
export function mayRaise(limits: string, status: string): boolean {
  const [, ceiling = '0'] = /^Max nice priority\s+(\S+)/m.exec(limits) ?? [];
  if (ceiling === 'unlimited' || Number(ceiling) >= BACK_TO_NORMAL) return true;
  const [, capabilities = '0'] = /^CapEff:\s+([0-9a-f]+)/m.exec(status) ?? [];
  return ((BigInt(`0x${capabilities}`) >> CAP_SYS_NICE) & 1n) === 1n;
}

function isRaisable(): boolean {
  try {
    return mayRaise(
      readFileSync('/proc/self/limits', 'utf8'),
      readFileSync('/proc/self/status', 'utf8'),
    );
  } catch {
    // Without /proc nobody can say, and what cannot be undone is not done.
    return false;
  }
}

/** Linux counts niceness by thread. The first one listens to main, computes nothing, and is to hear of a stop at once. */
function threads(): readonly number[] {
  return readdirSync('/proc/self/task')
    .map(Number)
    .filter((id) => id !== process.pid);
}
