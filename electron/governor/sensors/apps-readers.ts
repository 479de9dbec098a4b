/** Who else wants the computer: the owner's own list, Steam's running game, GameMode. */
import { createGameModeReader } from './apps-gamemode.ts';
import { runningOf, type Process } from './apps-match.ts';
import { createLinuxProcesses, macProcesses, windowsProcesses } from './apps-processes.ts';
import { appsOutcome, createSteamReader } from './apps-steam.ts';
import type { Wish } from '../sensors.ts';
import type { Reader, ReaderPorts } from './reader.ts';
import type { RunTool } from './run-tool.ts';

export interface AppPorts extends ReaderPorts {
  /** The owner's folder. */
  readonly home: string;
  readonly runTool: RunTool;
}

const SOURCE = 'the list of running programs';
const EVERY_MS = 5_000;
const REST_EVERY_MS = 10_000;
const DEADLINE_MS = 5_000;

/** Their lists of programs are to be put together. */
export function createAppReaders(ports: AppPorts): readonly Reader<'apps'>[] {
  const { platform, sessionBus } = ports;
  const isLinux = platform === 'linux';
  return [
    createListReader(ports),
    createSteamReader(ports),
    ...(isLinux && sessionBus !== null ? [createGameModeReader(sessionBus, ports)] : []),
  ];
}

/** Looks at nothing while there is nothing on the list. */
function createListReader(ports: AppPorts): Reader<'apps'> {
  const processesOf = lister(ports);
  return {
    keys: ['apps'],
    everyMs: EVERY_MS,
    restEveryMs: REST_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    async read({ games, ownPids }) {
      if (games.length === 0) return appsOutcome([], SOURCE);
      const processes = await processesOf(games);
      const others = processes.filter(({ pid }) => !ownPids.includes(pid));
      const apps = runningOf(games, others).map((name) => ({ name, by: 'list' }) as const);
      return appsOutcome(apps, SOURCE);
    },
  };
}

function lister({
  platform,
  files,
  procRoot,
  runTool,
}: AppPorts): (games: Wish['games']) => Promise<readonly Process[]> {
  switch (platform) {
    case 'linux':
      return createLinuxProcesses(files, procRoot);
    case 'win32':
      return () => windowsProcesses(runTool);
    default:
      return () => macProcesses(runTool);
  }
}
