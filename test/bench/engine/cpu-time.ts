/** How much processor time another process has used: unlike the clock, it does not mind who else is running. */
import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the processor. */
const TICK_MS = 10;
/** Of the fields after the name, which may hold spaces itself. */
const USER_FIELD = 11;
const SYSTEM_FIELD = 12;

/** @returns NaN when it has gone, or the system does not say */
export function cpuMsOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[USER_FIELD]) + Number(fields[SYSTEM_FIELD])) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}
