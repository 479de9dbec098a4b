/** Where packs lie, and which of them are whole: one folder for each, that gets its name when everything is in it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { syncFolder } from '../platform/sync-folder.ts';
import type { PackPin } from './packs.ts';

/** Written last into the folder; says what must be in it. */
export const PACK_RECORD = 'lull-pack.json';
/** While it is filled, and while it is emptied; neither is ever used. */
const UNPACKING = '.unpacking';
const REMOVED = '.removed';

const MAX_FILES = 1_000;

const packRecordSchema = z.strictObject({
  integrity: z.string(),
  files: z
    .array(z.strictObject({ path: z.string().min(1).max(300), sizeBytes: z.number().int().min(0) }))
    .max(MAX_FILES)
    .readonly(),
});

export type PackRecord = Readonly<z.infer<typeof packRecordSchema>>;

/** Folders of packs by the name of the package, as the engine takes them. */
export type PackFolders = Readonly<Record<string, string>>;

type Named = Pick<PackPin, 'name' | 'version'>;

export function packPath(folder: string, { name, version }: Named): string {
  return join(folder, `${name}-${version}`);
}

/** Where its tarball is fetched to. */
export function tarballPath(folder: string, pin: Named): string {
  return `${packPath(folder, pin)}.tgz`;
}

export function unpackingPath(target: string): string {
  return `${target}${UNPACKING}`;
}

/** Those that are here, whole and as pinned. */
export function installedPacks(folder: string, pins: readonly PackPin[]): PackFolders {
  const whole = pins.filter((pin) => isWhole(packPath(folder, pin), pin.integrity));
  return Object.fromEntries(whole.map((pin) => [pin.name, packPath(folder, pin)]));
}

/** Whether every file is there with its size; the bytes were checked when they were unpacked. */
function isWhole(target: string, integrity: string): boolean {
  try {
    const text = readFileSync(join(target, PACK_RECORD), 'utf8');
    const parsed = packRecordSchema.safeParse(JSON.parse(text));
    if (!parsed.success || parsed.data.integrity !== integrity) return false;
    return parsed.data.files.every(
      ({ path, sizeBytes }) => statSync(join(target, path)).size === sizeBytes,
    );
  } catch {
    // Absent, unreadable or half of it: there is no pack that could be used.
    return false;
  }
}

/** Gone for everybody at once, then deleted; fine when there is none. @throws the system's error */
export async function removePack(folder: string, pin: Named): Promise<void> {
  const target = packPath(folder, pin);
  const removed = `${target}${REMOVED}`;
  await rm(removed, { recursive: true, force: true });
  try {
    await rename(target, removed);
    syncFolder(folder);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  await rm(removed, { recursive: true, force: true });
  await rm(unpackingPath(target), { recursive: true, force: true });
  await rm(tarballPath(folder, pin), { force: true });
}

/** Deletes what a kill or an older Lull left; tarballs and what belongs to them stay. @throws the system's error */
export async function clearPacks(folder: string, pins: readonly PackPin[]): Promise<void> {
  const kept = pins.map((pin) => `${pin.name}-${pin.version}`);
  for (const name of await namesIn(folder)) {
    if (!PACK_NAME.test(name) || kept.some((each) => name === each || isFetched(each, name)))
      continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether it is the tarball of a pack, or an unfinished one. */
function isFetched(pack: string, name: string): boolean {
  return name.startsWith(`${pack}.tgz`);
}

const PACK_NAME = /^(linux|win)-[a-z0-9]+-cuda(-ext)?-\d+\.\d+\.\d+(\.|$)/;

export function hasTarball(folder: string, pin: Named): boolean {
  return namesNow(folder).includes(`${pin.name}-${pin.version}.tgz`);
}

function namesNow(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
