/** Opens the prefix store of a loaded model, within what the computer has to spare. */
import { createHash } from 'node:crypto';
import { stat, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { LoadOptions } from './messages.ts';
import { createPrefixStore, type PrefixStore, type StoreTier } from './prefix-store.ts';
import { openDiskStates } from './prefix-store-disk.ts';
import { MEMORY_FOLDER, openMemoryStates } from './prefix-store-memory.ts';

const GIB = 2 ** 30;
/** In the cache folder. */
export const STATES_FOLDER = 'prefixes';

export interface PrefixStoreLimits {
  readonly memoryBytes: number;
  readonly memoryShare: number;
  readonly diskBytes: number;
  readonly diskShare: number;
}

/** At most so many bytes, and at most that share of what is free when the model is loaded. */
const DEFAULT_STORE_LIMITS: PrefixStoreLimits = {
  memoryBytes: 2 * GIB,
  memoryShare: 0.1,
  diskBytes: 4 * GIB,
  diskShare: 0.1,
};

export interface StoredModel {
  readonly options: LoadOptions;
  /** How many it really has: a state names their number, and is refused where it differs. */
  readonly sequences: number;
  /** Of the library: another may write states differently. */
  readonly engineVersion: string;
}

/** Never fails: a tier that cannot be had is left out. */
export async function openPrefixStore(
  model: StoredModel,
  clock: Clock,
  limits: PrefixStoreLimits = DEFAULT_STORE_LIMITS,
): Promise<PrefixStore> {
  const [memory, disk] = await Promise.all([memoryTier(limits), diskTier(model, limits)]);
  return createPrefixStore({ clock, memory, disk });
}

async function memoryTier(limits: PrefixStoreLimits): Promise<StoreTier | null> {
  const files = openMemoryStates();
  if (files === null) return null;
  try {
    const free = Math.min(freemem() * limits.memoryShare, (await freeBytes(MEMORY_FOLDER)) / 2);
    return { files, limitBytes: Math.min(limits.memoryBytes, Math.floor(free)) };
  } catch {
    return null;
  }
}

async function diskTier(model: StoredModel, limits: PrefixStoreLimits): Promise<StoreTier | null> {
  const { cacheFolder } = model.options;
  if (cacheFolder == null) return null;
  try {
    const files = openDiskStates(path.join(cacheFolder, STATES_FOLDER), await identityOf(model));
    const free = (await freeBytes(cacheFolder)) * limits.diskShare;
    return { files, limitBytes: Math.min(limits.diskBytes, Math.floor(free)) };
  } catch {
    // No folder, or a model that cannot be told from another.
    return null;
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Of everything that the bytes of a state depend on: an option that is added later counts as such. Those that they do
 * not depend on are set alike; one that is too long for its context is refused by the library.
 */
async function identityOf({ options, sequences, engineVersion }: StoredModel): Promise<string> {
  const { size, mtimeMs } = await stat(options.modelPath);
  const shape = { threads: 0, tuneThreads: false, sequences, contextTokens: null };
  const facts = { ...options, ...shape, cacheFolder: null, engineVersion, size, mtimeMs };
  const inOrder = Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(inOrder)).digest('hex');
}
