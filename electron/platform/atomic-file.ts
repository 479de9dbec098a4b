/** Writes a small file so that a crash or a full disk leaves either the old content or the new. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** @throws the system's error (`ENOSPC`, `EACCES` …); the old file is untouched then. */
export function writeFileAtomically(path: string, content: string, mode = 0o600): void {
  const part = `${path}.part`;
  try {
    const file = openSync(part, 'w', mode);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
