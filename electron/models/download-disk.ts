/** The disk as downloads use it. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import { syncFolder } from '../platform/sync-folder.ts';

const OWNER_ONLY = 0o600;

/** Every method throws the system's error (`ENOSPC`, `EACCES` …). */
export interface DiskFile {
  sizeBytes(): Promise<number>;
  /** @returns how many bytes were read; 0 at the end */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all of it. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** For reading and writing, created where it is not there; never through a symbolic link. */
  open(path: string): Promise<DiskFile>;
  /** Null where there is none. */
  sizeOf(path: string): Promise<number | null>;
  /** Null where there is none, or where it is longer than `maxBytes`. */
  readText(path: string, maxBytes: number): Promise<string | null>;
  /** The old content or the new one, whatever happens. */
  writeText(path: string, text: string): void;
  /** Lasts, too. */
  rename(from: string, to: string, folder: string): Promise<void>;
  /** Fine when there is none. */
  remove(path: string): Promise<void>;
  makeFolder(folder: string): Promise<void>;
  namesIn(folder: string): Promise<readonly string[]>;
  /** What this account may still write. */
  freeBytes(folder: string): Promise<number>;
}

export const systemDisk: Disk = {
  async open(path) {
    // Windows knows no such flag; there a link needs an administrator to be made.
    const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
    const flags = constants.O_RDWR | constants.O_CREAT | noFollow;
    return asDiskFile(await open(path, flags, OWNER_ONLY));
  },
  async sizeOf(path) {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },
  async readText(path, maxBytes) {
    const sizeBytes = await systemDisk.sizeOf(path);
    if (sizeBytes === null || sizeBytes > maxBytes) return null;
    const file = await open(path, constants.O_RDONLY);
    try {
      const into = Buffer.alloc(sizeBytes);
      const { bytesRead } = await file.read(into, 0, sizeBytes, 0);
      return into.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  },
  writeText: (path, text) => {
    writeFileAtomically(path, text, OWNER_ONLY);
  },
  async rename(from, to, folder) {
    await rename(from, to);
    syncFolder(folder);
  },
  remove: (path) => rm(path, { force: true }),
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  namesIn: (folder) => readdir(folder),
  async freeBytes(folder) {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },
};

function asDiskFile(file: FileHandle): DiskFile {
  return {
    sizeBytes: async () => (await file.stat()).size,
    read: async (into, position) => (await file.read(into, 0, into.length, position)).bytesRead,
    async write(bytes, position) {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await file.write(
          bytes,
          done,
          bytes.length - done,
          position + done,
        );
        done += bytesWritten;
      }
    },
    truncate: (sizeBytes) => file.truncate(sizeBytes),
    sync: () => file.sync(),
    close: () => file.close(),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
