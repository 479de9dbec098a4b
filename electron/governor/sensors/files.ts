/** Reads the short files in which Linux tells of its devices, without ever waiting for a writer. */
import { constants } from 'node:fs';
import { open, readdir, readlink } from 'node:fs/promises';

export interface Files {
  /** The beginning of a file as trimmed text. Rejects with the system's error. @param most bytes; 4,096 if not said */
  readText(file: string, most?: number): Promise<string>;
  /** The names in a folder, sorted. Rejects with the system's error. */
  list(folder: string): Promise<readonly string[]>;
  /** Where a link points to. Rejects with the system's error. */
  readLink(file: string): Promise<string>;
}

const MOST_BYTES = 4_096;
/** What disappeared while it was being read: a plug was pulled. */
const GONE = new Set(['ENOENT', 'ENODEV', 'ENXIO', 'ENOTDIR', 'ESRCH']);

export const systemFiles: Files = {
  async readText(file, most = MOST_BYTES) {
    // Opening a pipe that nobody feeds would otherwise block a thread for ever.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, null);
      return buffer.toString('utf8', 0, bytesRead).trim();
    } finally {
      await handle.close();
    }
  },
  list: async (folder) => (await readdir(folder)).sort(),
  readLink: (file) => readlink(file),
};

/** The text, or null when there is no such file; every other failure rejects. */
export async function readIfThere(
  files: Files,
  file: string,
  most?: number,
): Promise<string | null> {
  try {
    return await files.readText(file, most);
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** The names, or none when there is no such folder; every other failure rejects. */
export async function listIfThere(files: Files, folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

export function isGone(error: unknown): boolean {
  return GONE.has(codeOf(error));
}

/** The system's name for a failure, `EBUSY` for example; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
