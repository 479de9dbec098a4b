/** Saved states on the owner's disk: each a file with a note beside it that says of what and with which checksum. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { OWNER_KEY } from './cache-key.ts';
import {
  copySound,
  isSameStamp,
  type FileStamp,
  type FoundState,
  type StateFile,
  type StateFiles,
} from './prefix-store-files.ts';

/** Grows when what is written changes. */
const VERSION = 1;
const MODE = 0o600;

const noteSchema = z.strictObject({
  version: z.literal(VERSION),
  /** Of the model and everything about it that a state depends on. */
  identity: z.string(),
  bytes: z.number().int().positive(),
  sha256: z.string(),
  tokens: z.array(z.number().int().nonnegative()).readonly(),
});
type Note = Readonly<z.infer<typeof noteSchema>>;

/** @param identity states are only read by a process with the same: those of another model would crash it */
export function openDiskStates(folder: string, identity: string): StateFiles {
  const isMade = mkdir(folder, { recursive: true, mode: 0o700 });
  isMade.catch(() => undefined);
  return {
    async create(tokens, write) {
      const name = path.join(folder, randomUUID());
      try {
        await isMade;
        await writeFile(statePath(name), '', { mode: MODE });
        await write(statePath(name));
        const stamp = await stat(statePath(name));
        const isNoted = writeNote(name, { identity, tokens, bytes: stamp.size });
        isNoted.catch(() => undefined);
        return stateFile(name, stamp, isNoted, null);
      } catch {
        await removeBoth(name).catch(() => undefined);
        return null;
      }
    },
    async found() {
      try {
        await isMade;
        return await readFolder(folder, identity);
      } catch {
        return [];
      }
    },
  };
}

function statePath(name: string): string {
  return `${name}.state`;
}

/** Comes last, whole or not at all: a state without a note was never finished. */
function notePath(name: string): string {
  return `${name}.json`;
}

async function removeBoth(name: string): Promise<void> {
  await Promise.all([statePath(name), notePath(name)].map((file) => rm(file, { force: true })));
}

async function writeNote(name: string, about: Omit<Note, 'version' | 'sha256'>): Promise<void> {
  const note: Note = { version: VERSION, ...about, sha256: await sha256Of(statePath(name)) };
  const part = `${name}.part`;
  await writeFile(part, JSON.stringify(note), { mode: MODE });
  await rename(part, notePath(name));
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * @param stamp of the file as it was written
 * @param unverified what its note promises, for a file that another process wrote
 */
function stateFile(
  name: string,
  stamp: FileStamp,
  isNoted: Promise<void>,
  unverified: Note | null,
): StateFile {
  let promised = unverified;
  const soundPath = async () => {
    try {
      await isNoted;
      if (!isSameStamp(await stat(statePath(name)), stamp)) return null;
      if (promised !== null && (await sha256Of(statePath(name))) !== promised.sha256) return null;
      promised = null;
      return statePath(name);
    } catch {
      return null;
    }
  };
  return {
    bytes: stamp.size,
    path: soundPath,
    copyTo: async (to) => copySound(await soundPath(), to),
    used() {
      const now = new Date();
      utimes(notePath(name), now, now).catch(() => undefined);
    },
    async remove() {
      await isNoted.catch(() => undefined);
      await removeBoth(name);
    },
  };
}

async function readFolder(folder: string, identity: string): Promise<readonly FoundState[]> {
  const files = await readdir(folder);
  const names = new Set(files.map((file) => path.join(folder, path.parse(file).name)));
  const found: { readonly state: FoundState; readonly usedMs: number }[] = [];
  for (const name of names) {
    const read = await readState(name, identity);
    if (read === null) await removeBoth(name);
    else found.push(read);
  }
  for (const file of files.filter((each) => each.endsWith('.part'))) {
    await rm(path.join(folder, file), { force: true });
  }
  return found.sort((a, b) => a.usedMs - b.usedMs).map(({ state }) => state);
}

async function readState(name: string, identity: string) {
  try {
    const note = noteSchema.parse(JSON.parse(await readFile(notePath(name), 'utf8')));
    const stamp = await stat(statePath(name));
    if (stamp.size !== note.bytes) return null;
    const isMine = note.identity === identity;
    const state: FoundState = {
      key: isMine ? OWNER_KEY : null,
      tokens: isMine ? note.tokens : [],
      file: stateFile(name, stamp, Promise.resolve(), note),
    };
    return { state, usedMs: (await stat(notePath(name))).mtimeMs };
  } catch {
    // No note, a torn one, one of another version: nobody will ever read what it belongs to.
    return null;
  }
}
