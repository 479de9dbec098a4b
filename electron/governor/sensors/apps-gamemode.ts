/** Games that have asked for Feral's GameMode. */
import path from 'node:path';
import type { RunningApp } from '../sensors.ts';
import { appsOutcome } from './apps-steam.ts';
import { BusError, isAbsent, readProperty, type Bus } from './bus.ts';
import { readIfThere } from './files.ts';
import type { Reader, ReaderPorts } from './reader.ts';

const NAME = 'com.feralinteractive.GameMode';
const PATH = '/com/feralinteractive/GameMode';
const SOURCE = 'GameMode';
const EVERY_MS = 2_000;
const REST_EVERY_MS = 6_000;
const MOST_GAMES = 16;

export function createGameModeReader(
  bus: Bus,
  { files, procRoot }: Pick<ReaderPorts, 'files' | 'procRoot'>,
): Reader<'apps'> {
  const nameOf = async (pid: number): Promise<string> =>
    (await readIfThere(files, path.join(procRoot, String(pid), 'comm')).catch(() => null)) ??
    'a game';

  return {
    keys: ['apps'],
    everyMs: EVERY_MS,
    restEveryMs: REST_EVERY_MS,
    async read({ ownPids }) {
      const pids = await playing(bus);
      const games = pids.filter((pid) => !ownPids.includes(pid)).slice(0, MOST_GAMES);
      const apps = games.map(async (pid): Promise<RunningApp> => ({
        name: await nameOf(pid),
        by: 'mark',
      }));
      return appsOutcome(await Promise.all(apps), SOURCE);
    },
  };
}

/** Process ids; where older versions only count, ones that nobody has. */
async function playing(bus: Bus): Promise<readonly number[]> {
  try {
    const call = { service: NAME, path: PATH, interface: NAME, member: 'ListGames' };
    const [games] = await bus.call(call);
    return Array.isArray(games) ? games.flatMap(pidOf) : [];
  } catch (error) {
    if (isAbsent(error)) return [];
    if (!(error instanceof BusError) || error.failure !== 'refused') throw error;
    const property = { service: NAME, path: PATH, interface: NAME, name: 'ClientCount' };
    const count = Number(await readProperty(bus, property));
    return count > 0 ? [-1] : [];
  }
}

function pidOf(game: unknown): readonly number[] {
  const values: readonly unknown[] = Array.isArray(game) ? game : [];
  const [pid] = values;
  return typeof pid === 'number' ? [pid] : [];
}
