/** A small file that only its owner can read, and that nobody makes twice. */
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../platform/sync-folder.ts';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
const MAX_FILE_BYTES = 4096;
const PART = '.part';

export interface SecretText {
  readonly text: string;
  /** Whether others could read it until now. */
  readonly wasOpen: boolean;
}

/**
 * Takes access away from others before a byte is read.
 * @returns null when there is none; a link, a folder or a file that is too long reads as empty
 * @throws the system's error
 */
export function readSecretFile(path: string): SecretText | null {
  let file: number;
  try {
    // A link could lead to a file of somebody else's choice. (Windows has neither the flag nor such links.)
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (codeOf(error) === 'ELOOP') return { text: '', wasOpen: false };
    throw error;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > MAX_FILE_BYTES) return { text: '', wasOpen: false };
    // Windows has no such bits; there the profile folder's own access list protects the file.
    const wasOpen = process.platform !== 'win32' && (found.mode & OTHERS) !== 0;
    if (wasOpen) fchmodSync(file, OWNER_ONLY);
    return { text: readFileSync(file, 'utf8'), wasOpen };
  } finally {
    closeSync(file);
  }
}

/**
 * @returns false when there is a file by now; it is as it was
 * @throws the system's error
 */
export function createSecretFile(path: string, content: string | Uint8Array): boolean {
  return withPart(path, content, (part) => publish(part, path));
}

/**
 * Puts other content in the place of a file that is there: the old or the new is there at any moment.
 * @param keepOld done once the new one is on disk, and before it takes the place
 * @throws the system's error, and what `keepOld` throws; the old one is there then
 */
export function replaceSecretFile(
  path: string,
  content: string | Uint8Array,
  keepOld: () => void = () => undefined,
): void {
  withPart(path, content, (part) => {
    keepOld();
    renameSync(part, path);
    syncFolder(dirname(path));
  });
}

/** Removes what processes that died in between have left beside the file. @throws the system's error */
export function removeLeftParts(path: string): void {
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(start) || !name.endsWith(PART)) continue;
    const pid = Number(name.slice(start.length, -PART.length));
    if (!Number.isInteger(pid) || pid <= 0 || isRunning(pid)) continue;
    rmSync(join(dirname(path), name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** @param place puts the finished part where it belongs */
function withPart<Value>(
  path: string,
  content: string | Uint8Array,
  place: (part: string) => Value,
): Value {
  // Several processes may make the same file at once, each with a part of its own.
  const part = `${path}.${String(process.pid)}${PART}`;
  try {
    rmSync(part, { force: true });
    const file = openSync(part, 'wx', OWNER_ONLY);
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return place(part);
  } finally {
    rmSync(part, { force: true });
  }
}

/** A link, unlike a rename, never takes the place of a file that is there. */
function publish(part: string, path: string): boolean {
  try {
    linkSync(part, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || existsSync(path)) return false;
    // This file system has no links.
    renameSync(part, path);
  }
  // The name lasts, too: money may be sent to these keys in a moment.
  syncFolder(dirname(path));
  return true;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
