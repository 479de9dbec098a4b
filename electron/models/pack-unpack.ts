/** Unpacks a pack's tarball: nothing of it is read before its hash is right, and nothing leaves the folder meant for it. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../platform/app-error.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import {
  BLOCK_BYTES,
  createTarReader,
  paddedBytes,
  parseTarHeader,
  skipBytes,
  TarFault,
  type TarReader,
} from './download-tar.ts';
import { PACK_RECORD, unpackingPath, type PackRecord } from './pack-folder.ts';
import type { UnpackOrder } from './pack-messages.ts';

const READ_BYTES = 1024 * 1024;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Packages put everything under this. */
const ROOT = 'package/';
/** No part of a path may begin or end with a dot, and none may hold what any system reads as more than a name. */
const SAFE_PATH = /^package(\/\w([\w.-]*[\w-])?)+$/;

/**
 * Fills a folder beside `target` and renames it when everything is on the disk, so that a kill at any moment leaves
 * either no pack or a whole one.
 *
 * @throws AppError `download-damaged` when the tarball is not the promised one or holds what it must not; the disk's
 *   error. Nothing of it is left then but the tarball.
 */
export async function unpackPack(order: UnpackOrder): Promise<void> {
  const { tarball, target, integrity } = order;
  const staging = unpackingPath(target);
  try {
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { recursive: true, mode: FOLDER_MODE });
    // Windows knows no such flag; there a link needs an administrator to be made.
    const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
    const source = await open(tarball, constants.O_RDONLY | noFollow);
    try {
      await verify(source, integrity);
      await fill(staging, source, order);
    } finally {
      await source.close();
    }
    // What has this name without being whole is of no use to anybody.
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
    syncFolder(dirname(target));
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw isBadArchive(error)
      ? new AppError('download-damaged', { details: error.message, cause: error })
      : error;
  }
}

async function verify(source: FileHandle, integrity: string): Promise<void> {
  const sum = createHash('sha512');
  for await (const bytes of bytesOf(source)) sum.update(bytes);
  if (`sha512-${sum.digest('base64')}` !== integrity) {
    throw new AppError('download-damaged', { details: 'Its SHA-512 is not the pinned one.' });
  }
}

async function fill(staging: string, source: FileHandle, order: UnpackOrder): Promise<void> {
  const packed = Readable.from(bytesOf(source), { objectMode: false });
  const unpacked = pipeline(packed, createGunzip(), () => undefined);
  const folders = new Set<string>([staging]);
  try {
    const files = await writeFiles(staging, createTarReader(unpacked), order, folders);
    const record: PackRecord = { integrity: order.integrity, files };
    await write(join(staging, PACK_RECORD), [Buffer.from(JSON.stringify(record))]);
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
  for (const folder of folders) syncFolder(folder);
}

/** @throws TarFault for anything but the promised count and size of regular files below `staging` */
async function writeFiles(
  staging: string,
  input: TarReader,
  { fileCount, unpackedBytes }: UnpackOrder,
  folders: Set<string>,
): Promise<PackRecord['files']> {
  const files: { readonly path: string; readonly sizeBytes: number }[] = [];
  const taken = new Set([PACK_RECORD]);
  let leftBytes = unpackedBytes;
  for (;;) {
    const header = await input.exactly(BLOCK_BYTES);
    const entry = header && parseTarHeader(header);
    if (!entry) break;
    const { name, isRegular, sizeBytes } = entry;
    const path = name.slice(ROOT.length);
    if (!isRegular) throw new TarFault('The archive holds something that is not a plain file.');
    if (!SAFE_PATH.test(name)) throw new TarFault('The archive holds a file with an odd name.');
    if (taken.has(path.toLowerCase())) throw new TarFault('The archive holds a file twice.');
    if (files.length >= fileCount) throw new TarFault('The archive holds too many files.');
    if (sizeBytes > leftBytes) throw new TarFault('The archive holds more than was promised.');
    taken.add(path.toLowerCase());
    leftBytes -= sizeBytes;
    const place = join(staging, path);
    await makeFolders(staging, path, folders);
    await write(place, contentOf(input, sizeBytes));
    await skipBytes(input, paddedBytes(sizeBytes) - sizeBytes);
    files.push({ path, sizeBytes });
  }
  if (files.length !== fileCount || leftBytes !== 0) {
    throw new TarFault('The archive holds less than was promised.');
  }
  return files;
}

async function makeFolders(staging: string, path: string, folders: Set<string>): Promise<void> {
  const names = path.split('/').slice(0, -1);
  for (const [depth] of names.entries()) {
    const folder = join(staging, ...names.slice(0, depth + 1));
    if (folders.has(folder)) continue;
    await mkdir(folder, { mode: FOLDER_MODE });
    folders.add(folder);
  }
}

async function* contentOf(input: TarReader, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let left = sizeBytes; left > 0;) {
    const bytes = await input.some(left);
    if (bytes === null) throw new TarFault('The archive ends too early.');
    left -= bytes.length;
    yield bytes;
  }
}

/** Never over another file, and on the disk when it resolves. */
async function write(
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await writeFile(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function* bytesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const into = Buffer.allocUnsafe(READ_BYTES);
    const { bytesRead } = await file.read(into, 0, READ_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield into.subarray(0, bytesRead);
  }
}

/** zlib's codes begin with `Z_`; it calls an archive that ends early a buffer error. */
function isBadArchive(error: unknown): error is Error {
  if (error instanceof TarFault) return true;
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
