/** Processor time of whole processes, finer than the system's ticks; Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_MS = 1e6;
const US_PER_MS = 1e3;

/** @returns milliseconds that this process has computed so far, all threads together */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / US_PER_MS;
}

/** @returns milliseconds that the living threads of another process have computed so far */
export function cpuMsOf(pid: number): number {
  const folder = `/proc/${String(pid)}/task`;
  let ns = 0;
  for (const thread of readdirSync(folder)) {
    const [onCpu] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
    ns += Number(onCpu);
  }
  return ns / NS_PER_MS;
}
