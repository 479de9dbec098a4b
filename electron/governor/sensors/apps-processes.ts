/** Which programs run: a list of their names, as cheaply as each system gives it. */
import path from 'node:path';
import { programName, type Process } from './apps-match.ts';
import { listIfThere, type Files } from './files.ts';
import type { RunTool } from './run-tool.ts';

/** Linux keeps this much of a name. */
const COMM_LENGTH = 15;
const MOST_PROCESSES = 4_000;
const LIMIT_MS = 4_000;
const MOST_COMMAND = 4_096;

/** A program is what its process will stay, mostly, once it has been looked at so often. */
const YOUNG_LOOKS = 4;
/** Of those that are older, so many looks share the work of asking each of them again. */
const ROUND = 8;

interface Known {
  /** Null for one of another account, or of the kernel. */
  readonly process: Process | null;
  readonly looks: number;
}

/**
 * Programs of this account only: those of others do not say where they are.
 * @returns what lists them. A process that has been there for a while is not asked each time, as there are hundreds, and
 * hardly any becomes another program late
 */
export function createLinuxProcesses(
  files: Files,
  procRoot: string,
): (games: readonly string[]) => Promise<readonly Process[]> {
  let known: ReadonlyMap<string, Known> = new Map();
  let listed = '';
  let look = 0;
  return async (games) => {
    // Which names are looked at closely depends on the list.
    if (listed !== games.join('\n')) known = new Map();
    listed = games.join('\n');
    look += 1;
    const wanted = games.flatMap((game) => cutNames(game));
    const pids = (await listIfThere(files, procRoot)).filter((name) => /^\d+$/.test(name));
    const now = new Map<string, Known>();
    for (const pid of pids.slice(0, MOST_PROCESSES)) {
      const before = known.get(pid);
      const isDue =
        before === undefined || before.looks < YOUNG_LOOKS || (Number(pid) + look) % ROUND === 0;
      const found = isDue ? await readProcess(files, path.join(procRoot, pid), wanted) : null;
      const process = isDue ? found : before.process;
      now.set(pid, { process, looks: (before?.looks ?? 0) + 1 });
    }
    known = now;
    return [...now.values()].flatMap(({ process }) => process ?? []);
  };
}

async function readProcess(
  files: Files,
  folder: string,
  wanted: readonly string[],
): Promise<Process | null> {
  const file = await files.readLink(path.join(folder, 'exe')).catch(() => null);
  if (file === null) return null;
  const comm = await files.readText(path.join(folder, 'comm')).catch(() => '');
  const isCut = comm.length >= COMM_LENGTH && wanted.includes(comm.toLowerCase());
  const full = isCut ? await commandName(files, folder) : comm;
  const names = [file.replace(/ \(deleted\)$/, ''), full];
  return { pid: Number(path.basename(folder)), names };
}

/** How Linux would shorten it; games for Windows carry their ending. */
function cutNames(game: string): readonly string[] {
  const name = programName(game);
  return [name, `${name}.exe`].map((each) => each.slice(0, COMM_LENGTH));
}

/** The first word of the command line, of which only the file's name counts. */
async function commandName(files: Files, folder: string): Promise<string> {
  const command = await files.readText(path.join(folder, 'cmdline'), MOST_COMMAND).catch(() => '');
  return command.split('\0')[0] ?? '';
}

export async function windowsProcesses(runTool: RunTool): Promise<readonly Process[]> {
  return parseTasklist(await runTool('tasklist', ['/fo', 'csv', '/nh'], LIMIT_MS));
}

/** `"game.exe","1234","Console","1","10,240 K"` */
export function parseTasklist(text: string): readonly Process[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, name, pid] = /^"([^"]+)","(\d{1,10})"/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [{ pid: Number(pid), names: [name] }];
  });
}

export async function macProcesses(runTool: RunTool): Promise<readonly Process[]> {
  return parsePs(await runTool('ps', ['-axo', 'pid=,comm='], LIMIT_MS));
}

/** `  123 /Applications/Game.app/Contents/MacOS/Game`; the bundle's name counts as well. */
export function parsePs(text: string): readonly Process[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, file] = /^\s*(\d{1,10})\s+(\S.*?)\s*$/.exec(line) ?? [];
    if (file === undefined) return [];
    const [, bundle] = /([^/]+)\.app\/Contents\/MacOS\//.exec(file) ?? [];
    return [{ pid: Number(pid), names: bundle === undefined ? [file] : [file, bundle] }];
  });
}
