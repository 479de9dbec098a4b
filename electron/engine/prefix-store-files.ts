/** Where saved states lie, as the store sees it: in memory or on a disk. */
import { copyFile } from 'node:fs/promises';
import type { CacheKey } from './cache-key.ts';

export interface StateFile {
  readonly bytes: number;
  /** Where to read it, once it is certain that it is what was written; null when it is not, or is gone. */
  path(): Promise<string | null>;
  /** Rejects when it is not what was written. */
  copyTo(path: string): Promise<void>;
  /** It was of use just now. */
  used(): void;
  remove(): Promise<void>;
}

/** What an earlier process left behind. */
export interface FoundState {
  /** Null for the state of another model, or of other settings, which only takes room. */
  readonly key: CacheKey | null;
  readonly tokens: readonly number[];
  readonly file: StateFile;
}

export interface StateFiles {
  /** @param write writes the state to the path it gets. @returns null when it could not be written */
  create(
    tokens: readonly number[],
    write: (path: string) => Promise<void>,
  ): Promise<StateFile | null>;
  /** Damaged ones are removed and left out; longest unused first. */
  found(): Promise<readonly FoundState[]>;
}

/** @throws when there is nothing sound to copy */
export async function copySound(from: string | null, to: string): Promise<void> {
  if (from === null) throw new Error('the saved state is damaged');
  await copyFile(from, to);
}

/** What shows that nobody has written to a file since. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
}

export function isSameStamp(left: FileStamp, right: FileStamp): boolean {
  return left.size === right.size && left.mtimeMs === right.mtimeMs;
}
