/** Saved states in memory, for prompts that must never touch a disk: files of a memory file system without a name. */
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { mkdtemp, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { copySound, isSameStamp, type StateFile, type StateFiles } from './prefix-store-files.ts';

/** Where Linux keeps a file system in memory. */
export const MEMORY_FOLDER = '/dev/shm';
const PREFIX = 'lull-state-';

/** @returns null where the system has no such file system */
export function openMemoryStates(root: string = MEMORY_FOLDER): StateFiles | null {
  if (process.platform !== 'linux' || !existsSync(root) || !existsSync('/proc/self/fd'))
    return null;
  const swept = sweep(root);
  return {
    async create(_tokens, write) {
      await swept;
      let folder: string | null = null;
      try {
        folder = await mkdtemp(path.join(root, `${PREFIX}${process.pid}-`));
        return await namelessFile(path.join(folder, 'state'), write);
      } catch {
        // A full memory file system, say; then the state is not kept.
        return null;
      } finally {
        if (folder !== null) await rm(folder, { recursive: true, force: true });
      }
    },
    found: () => Promise.resolve([]),
  };
}

/** With its name gone nobody else can open it, and the system frees it however this process ends. */
async function namelessFile(
  name: string,
  write: (path: string) => Promise<void>,
): Promise<StateFile> {
  await writeFile(name, '', { mode: 0o600 });
  await write(name);
  const descriptor = openSync(name, 'r');
  let isOpen = true;
  await unlink(name);
  const stamp = fstatSync(descriptor);
  const path = () => {
    const isSound = isOpen && isSameStamp(fstatSync(descriptor), stamp);
    return isSound ? `/proc/self/fd/${descriptor}` : null;
  };
  return {
    bytes: stamp.size,
    path: () => Promise.resolve(path()),
    copyTo: (to) => copySound(path(), to),
    used: () => undefined,
    remove() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
      return Promise.resolve();
    },
  };
}

/** A process that is killed while it saves leaves one file with a name. */
async function sweep(root: string): Promise<void> {
  try {
    const names = (await readdir(root)).filter((name) => name.startsWith(PREFIX));
    for (const name of names) {
      const pid = Number.parseInt(name.slice(PREFIX.length), 10);
      if (!isAlive(pid)) await rm(path.join(root, name), { recursive: true, force: true });
    }
  } catch {
    // Somebody else's, or gone already.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is there, and another account's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
