/** A real program called `nvidia-smi` that says what the test tells it to, and writes down each call. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** How one kind of call goes; `lines` are told again and again for a long-lived one. */
export interface SmiScript {
  readonly text?: string;
  readonly lines?: readonly string[];
  readonly everyMs?: number;
  /** The program stays after its text, and ignores being asked to end. */
  readonly hangs?: boolean;
  readonly code?: number;
}

export interface SmiScripts {
  readonly help?: SmiScript;
  readonly limits?: SmiScript;
  readonly query?: SmiScript;
  readonly pmon?: SmiScript;
  readonly apps?: SmiScript;
}

export interface FakeSmi {
  /** For the environment, to find it by. */
  readonly env: Readonly<Record<string, string>>;
  plan(scripts: SmiScripts): void;
  /** What kind each call was, the first one first. */
  calls(): readonly string[];
  pids(): readonly number[];
  /** Ends what is left of it and removes it. */
  remove(): void;
}

const HELP = [
  '"pci.bus_id" or "gpu_bus_id"',
  '"temperature.gpu"',
  '"temperature.gpu.tlimit"',
  '"temperature.memory"',
  '"clocks_event_reasons.active" or "clocks_throttle_reasons.active"',
].join('\n');

export const LIMITS = `
==============NVSMI LOG==============
Attached GPUs                             : 2
GPU 00000000:01:00.0
    Temperature
        GPU Current Temp                  : 35 C
        GPU T.Limit Temp                  : N/A
        GPU Shutdown Temp                 : 98 C
        GPU Slowdown Temp                 : 95 C
        GPU Max Operating Temp            : 93 C
        GPU Target Temperature            : 83 C
GPU 00000000:02:00.0
    Temperature
        GPU Current Temp                  : 50 C
        GPU T.Limit Temp                  : 37 C
        GPU Shutdown T.Limit Temp         : -12 C
        GPU Slowdown T.Limit Temp         : -2 C
        GPU Max Operating T.Limit Temp    : 0 C
`;

const SOURCE = `
import { appendFileSync, readFileSync } from 'node:fs';
const [, , folder, ...args] = process.argv;
const all = args.join(' ');
const kinds = { '--help-query-gpu': 'help', '-q ': 'limits', '--query-gpu': 'query', pmon: 'pmon', '--query-compute-apps': 'apps' };
const kind = Object.entries(kinds).find(([start]) => all.startsWith(start))?.[1] ?? all;
const plan = JSON.parse(readFileSync(folder + '/plan.json', 'utf8'))[kind] ?? {};
appendFileSync(folder + '/calls', process.pid + ' ' + kind + '\\n');
process.on('SIGTERM', () => undefined);
process.stdout.on('error', () => process.exit(1));
process.stdout.write(plan.text ?? '');
if (plan.lines) {
  const tell = () => process.stdout.write(plan.lines.map((line) => line + '\\n').join(''));
  tell();
  setInterval(tell, plan.everyMs ?? 20);
} else if (plan.hangs) setInterval(() => undefined, 1000);
else process.exitCode = plan.code ?? 0;
`;

export function createFakeSmi(scripts: SmiScripts): FakeSmi {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lull-smi-'));
  const file = (name: string): string => path.join(folder, name);
  const plan = (each: SmiScripts): void => {
    const known = { help: { text: HELP }, limits: { text: LIMITS }, apps: { text: '' } };
    writeFileSync(file('plan.json'), JSON.stringify({ ...known, ...each }));
  };
  const log = (): readonly string[] =>
    readFileSync(file('calls'), 'utf8').split('\n').filter(Boolean);
  plan(scripts);
  writeFileSync(file('calls'), '');
  writeFileSync(file('smi.mjs'), SOURCE);
  const command = `exec "${process.execPath}" "${file('smi.mjs')}" "${folder}" "$@"`;
  writeFileSync(file('nvidia-smi'), `#!/bin/sh\n${command}\n`);
  chmodSync(file('nvidia-smi'), 0o755);
  const pids = (): readonly number[] => log().map((line) => Number(line.split(' ')[0]));
  return {
    env: { ELECTRON_RUN_AS_NODE: '1', PATH: `${folder}${path.delimiter}/usr/bin:/bin` },
    plan,
    calls: () => log().map((line) => line.split(' ').slice(1).join(' ')),
    pids,
    remove() {
      for (const pid of pids()) end(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function end(pid: number): void {
  if (isRunning(pid)) process.kill(pid, 'SIGKILL');
}
