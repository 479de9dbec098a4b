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

/** Programs of this account only: those of others do not say where they are. */
export async function linuxProcesses(
  files: Files,
  procRoot: string,
  games: readonly string[],
): Promise<readonly Process[]> {
  const wanted = games.flatMap((game) => cutNames(game));
  const pids = (await listIfThere(files, procRoot)).filter((name) => /^\d+$/.test(name));
  const processes: Process[] = [];
  for (const pid of pids.slice(0, MOST_PROCESSES)) {
    const folder = path.join(procRoot, pid);
    const file = await files.readLink(path.join(folder, 'exe')).catch(() => null);
    if (file === null) continue;
    const comm = await files.readText(path.join(folder, 'comm')).catch(() => '');
    const isCut = comm.length >= COMM_LENGTH && wanted.includes(comm.toLowerCase());
    const full = isCut ? await commandName(files, folder) : comm;
    processes.push({ pid: Number(pid), names: [file.replace(/ \(deleted\)$/, ''), full] });
  }
  return processes;
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
