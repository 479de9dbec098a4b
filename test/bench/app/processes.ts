/** A process with all that it started, and what they have computed; Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { cpuMsOf } from '../../fakes/cpu-time.ts';

export interface ProcessTime {
  readonly pid: number;
  /** For example `renderer` or `node.mojom.NodeService`; `main` for the one that was asked for. */
  readonly kind: string;
  readonly cpuMs: number;
}

/** What each living process of the family has computed since it began, all threads together. */
export function processTimes(rootPid: number): readonly ProcessTime[] {
  return family(rootPid).flatMap((pid) => {
    try {
      const kind = pid === rootPid ? 'main' : kindOf(pid);
      return [{ pid, kind, cpuMs: cpuMsOf(pid) }];
    } catch {
      // Ended since it was listed.
      return [];
    }
  });
}

/** Computed between two looks, by kind; a process that was not there before counts in full. */
export function spentMs(
  before: readonly ProcessTime[],
  after: readonly ProcessTime[],
): ReadonlyMap<string, number> {
  const spent = new Map<string, number>();
  for (const { pid, kind, cpuMs } of after) {
    const earlier = before.find((process) => process.pid === pid)?.cpuMs ?? 0;
    spent.set(kind, (spent.get(kind) ?? 0) + cpuMs - earlier);
  }
  return spent;
}

function family(rootPid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : null;
    if (parent !== null) parents.set(Number(name), parent);
  }
  const pids = [rootPid];
  for (const pid of pids) {
    for (const [child, parent] of parents) if (parent === pid) pids.push(child);
  }
  return pids;
}

function parentOf(pid: number): number | null {
  try {
    // The name stands in brackets and may hold anything; the parent is the second field after it.
    const [, rest = ''] = readFileSync(`/proc/${String(pid)}/stat`, 'utf8').split(/\) (?=[A-Z] )/);
    return Number(rest.split(' ')[1]);
  } catch {
    return null;
  }
}

function kindOf(pid: number): string {
  const line = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  const [, type = 'other'] = /--type=(\S+)/.exec(line) ?? [];
  const [, service] = /--utility-sub-type=(\S+)/.exec(line) ?? [];
  return service ?? type;
}
