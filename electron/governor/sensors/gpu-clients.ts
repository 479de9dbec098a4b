/** Which of the owner's programs use a card, from the files that they hold open. */
import path from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { CardUser } from './gpu-nvidia-users.ts';
import { readIfThere, type Files } from './files.ts';
import { loadBetween, parseFdinfo, type DrmClient } from './gpu-fdinfo.ts';

export interface ClientPorts {
  readonly clock: Clock;
  readonly files: Files;
  readonly procRoot: string;
}

export interface CardClients {
  /** All programs on all cards; the load of each is null when it was not seen before. */
  look(): Promise<readonly CardUser[]>;
  forget(): void;
}

/** Which files are open is looked up now and then, what they tell each time. */
const SEARCH_EVERY_MS = 5_000;
/** What a look may cost on a computer with very many programs. */
const MOST_PROCESSES = 2_000;
const MOST_FILES = 20_000;
const MOST_CLIENTS = 256;

interface OpenFile {
  readonly pid: number;
  readonly info: string;
}

interface Sample {
  readonly client: DrmClient;
  readonly atMs: number;
}

export function createCardClients({ clock, files, procRoot }: ClientPorts): CardClients {
  let opened: { readonly files: readonly OpenFile[]; readonly atMs: number } | null = null;
  let before: ReadonlyMap<string, Sample> = new Map();

  const search = async (): Promise<readonly OpenFile[]> => {
    const pids = (await orNone(files.list(procRoot))).filter((name) => /^\d+$/.test(name));
    const found: OpenFile[] = [];
    let looked = 0;
    for (const pid of pids.slice(0, MOST_PROCESSES)) {
      const folder = path.join(procRoot, pid, 'fd');
      // Programs of others do not show theirs.
      for (const fd of await orNone(files.list(folder))) {
        looked += 1;
        if (looked > MOST_FILES || found.length >= MOST_CLIENTS) return found;
        const target = await files.readLink(path.join(folder, fd)).catch(() => '');
        if (!target.startsWith('/dev/dri/')) continue;
        found.push({ pid: Number(pid), info: path.join(procRoot, pid, 'fdinfo', fd) });
      }
    }
    return found;
  };

  const openFiles = async (): Promise<readonly OpenFile[]> => {
    if (opened !== null && clock.monotonicMs() - opened.atMs < SEARCH_EVERY_MS) return opened.files;
    opened = { files: await search(), atMs: clock.monotonicMs() };
    return opened.files;
  };

  const nameOf = async (pid: number): Promise<string> =>
    (await readIfThere(files, path.join(procRoot, String(pid), 'comm')).catch(() => null)) ?? '';

  return {
    async look() {
      const now = new Map<string, Sample>();
      const users: CardUser[] = [];
      for (const { pid, info } of await openFiles()) {
        const text = await files.readText(info).catch(() => '');
        const client = parseFdinfo(text);
        const key = client === null ? '' : `${client.card} ${pid} ${client.client}`;
        if (client === null || now.has(key)) continue;
        const atMs = clock.monotonicMs();
        now.set(key, { client, atMs });
        const last = before.get(key);
        users.push({
          card: client.card,
          pid,
          app: await nameOf(pid),
          loadPercent: last ? loadBetween(last.client, client, atMs - last.atMs) : null,
          memoryBytes: client.memoryBytes,
        });
      }
      before = now;
      return users;
    },
    forget() {
      opened = null;
      before = new Map();
    },
  };
}

function orNone(names: Promise<readonly string[]>): Promise<readonly string[]> {
  return names.catch(() => []);
}
