/** Steam's own mark of the game that runs. */
import path from 'node:path';
import type { RunningApp } from '../sensors.ts';
import { registryValue, runningAppId, vdfValues } from './apps-vdf.ts';
import { readIfThere, type Files } from './files.ts';
import type { Outcome, Reader, ReaderPorts } from './reader.ts';
import type { RunTool } from './run-tool.ts';

export interface SteamPorts extends Pick<ReaderPorts, 'platform' | 'files' | 'procRoot'> {
  /** The owner's folder. */
  readonly home: string;
  readonly runTool: RunTool;
}

/** One of the ways to install Steam. */
interface Installation {
  readonly registry: string;
  /** Where its games may be. */
  readonly roots: readonly string[];
  /** Holds its process id; null where that number means nothing outside. */
  readonly pidFile: string | null;
}

const SOURCE = 'Steam';
const FILES_EVERY_MS = 1_000;
const FILES_REST_MS = 6_000;
/** Each look starts a program. */
const PROGRAM_EVERY_MS = 5_000;
const PROGRAM_REST_MS = 10_000;
const LIMIT_MS = 2_500;
const MOST_REGISTRY = 2_000_000;
const MOST_MANIFEST = 100_000;
const KEY = 'HKCU\\Software\\Valve\\Steam';

export function createSteamReader(ports: SteamPorts): Reader<'apps'> {
  const isWindows = ports.platform === 'win32';
  const names = new Map<string, string>();

  const nameOf = async (id: string, roots: readonly string[]): Promise<string> => {
    const known = names.get(id) ?? (await gameName(ports.files, id, roots));
    if (known !== null) names.set(id, known);
    return known ?? `Steam game ${id}`;
  };

  return {
    keys: ['apps'],
    everyMs: isWindows ? PROGRAM_EVERY_MS : FILES_EVERY_MS,
    restEveryMs: isWindows ? PROGRAM_REST_MS : FILES_REST_MS,
    async read() {
      const running = isWindows ? await fromRegistry(ports.runTool) : await fromFiles(ports);
      const apps = running.map(async ({ id, roots }): Promise<RunningApp> => ({
        name: await nameOf(id, roots),
        by: 'mark',
      }));
      return appsOutcome(await Promise.all(apps), SOURCE);
    },
  };
}

export function appsOutcome(apps: readonly RunningApp[], source: string): Outcome<'apps'> {
  return { values: { apps }, source };
}

interface RunningGame {
  readonly id: string;
  readonly roots: readonly string[];
}

async function fromFiles(ports: SteamPorts): Promise<readonly RunningGame[]> {
  const games = installations(ports).map(async ({ registry, roots, pidFile }) => {
    const text = await readIfThere(ports.files, registry, MOST_REGISTRY);
    const id = text === null ? null : runningAppId(text);
    if (id === null || !(await isAlive(ports, pidFile))) return [];
    return [{ id, roots }];
  });
  return (await Promise.all(games)).flat();
}

/** A Steam that was killed leaves its mark behind. Without a number to look for, the mark is believed. */
async function isAlive({ files, procRoot }: SteamPorts, pidFile: string | null): Promise<boolean> {
  const pid = pidFile === null ? null : await readIfThere(files, pidFile);
  if (pid === null || !/^\d{1,10}$/.test(pid)) return true;
  const comm = await readIfThere(files, path.join(procRoot, pid, 'comm'));
  return comm?.startsWith('steam') === true;
}

function installations({ platform, home }: SteamPorts): readonly Installation[] {
  if (platform === 'darwin') {
    const root = path.join(home, 'Library', 'Application Support', 'Steam');
    return [{ registry: path.join(root, 'registry.vdf'), roots: [root], pidFile: null }];
  }
  const within = (folder: string, hasPid: boolean): Installation => ({
    registry: path.join(folder, '.steam', 'registry.vdf'),
    roots: [
      path.join(folder, '.local', 'share', 'Steam'),
      path.join(folder, '.steam', 'steam'),
      path.join(folder, 'data', 'Steam'),
    ],
    pidFile: hasPid ? path.join(folder, '.steam', 'steam.pid') : null,
  });
  return [
    within(home, true),
    // Both count processes for themselves.
    within(path.join(home, '.var', 'app', 'com.valvesoftware.Steam'), false),
    within(path.join(home, 'snap', 'steam', 'common'), false),
  ];
}

/** @returns null when its manifest cannot be found */
async function gameName(
  files: Files,
  id: string,
  roots: readonly string[],
): Promise<string | null> {
  const read = (file: string): Promise<string | null> =>
    files.readText(file, MOST_MANIFEST).catch(() => null);
  for (const root of roots) {
    const libraries = await read(path.join(root, 'steamapps', 'libraryfolders.vdf'));
    const folders = [root, ...(libraries === null ? [] : vdfValues(libraries, 'path'))];
    for (const folder of folders) {
      const manifest = await read(path.join(folder, 'steamapps', `appmanifest_${id}.acf`));
      const name = manifest === null ? undefined : vdfValues(manifest, 'name')[0];
      if (name !== undefined && name !== '') return name;
    }
  }
  return null;
}

async function fromRegistry(runTool: RunTool): Promise<readonly RunningGame[]> {
  const value = async (name: string): Promise<string | null> => {
    // It fails when there is no such key: no Steam.
    const text = await runTool('reg', ['query', KEY, '/v', name], LIMIT_MS).catch(() => '');
    return registryValue(text, name);
  };
  const id = await value('RunningAppID');
  if (id === null || id === '0') return [];
  const root = await value('SteamPath');
  return [{ id, roots: root === null ? [] : [root] }];
}
