/** Joins the parts of a file, unpacking those that came in a tarball, and hashes the whole as it lies on the disk. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../platform/app-error.ts';
import type { Disk, DiskFile } from './download-disk.ts';
import type { FilePart } from './download-ports.ts';
import { tarMember, TarFault } from './download-tar.ts';

const READ_BYTES = 256 * 1024;

export interface FetchedPart {
  readonly part: FilePart;
  /** Where what was fetched lies. */
  readonly path: string;
}

/**
 * Writes `target` anew.
 *
 * @returns SHA-256 of what it holds, read back, 64 hex digits
 * @throws AppError `download-damaged` when a part is not what it should be, `cancelled`; the disk's error
 */
export async function joinParts(
  disk: Disk,
  parts: readonly FetchedPart[],
  target: string,
  signal: AbortSignal,
): Promise<string> {
  const file = await disk.open(target);
  try {
    await file.truncate(0);
    let position = 0;
    for (const { part, path } of parts) {
      const source = await disk.open(path);
      try {
        for await (const bytes of contentOf(part, source, signal)) {
          await file.write(bytes, position);
          position += bytes.length;
        }
      } finally {
        await source.close();
      }
    }
    await file.sync();
    return await hashOf(file, signal);
  } catch (error) {
    throw isBadArchive(error)
      ? new AppError('download-damaged', { details: error.message, cause: error })
      : error;
  } finally {
    await file.close();
  }
}

async function* contentOf(
  part: FilePart,
  source: DiskFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (part.kind === 'https') {
    yield* bytesOf(source, signal);
    return;
  }
  const packed = Readable.from(bytesOf(source, signal), { objectMode: false });
  const unpacked = createGunzip();
  // A pipe does not hand on failures, and nobody would ever end the reading.
  packed.on('error', (error) => unpacked.destroy(error));
  packed.pipe(unpacked);
  try {
    yield* tarMember(unpacked, part.member ?? '', part.sizeBytes);
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

async function* bytesOf(file: DiskFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    signal.throwIfAborted();
    const into = Buffer.allocUnsafe(READ_BYTES);
    const read = await file.read(into, position);
    if (read === 0) return;
    position += read;
    yield into.subarray(0, read);
  }
}

async function hashOf(file: DiskFile, signal: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  for await (const bytes of bytesOf(file, signal)) sum.update(bytes);
  return sum.digest('hex');
}

/** zlib's codes begin with `Z_`; it calls an archive that ends early a buffer error. */
function isBadArchive(error: unknown): error is Error {
  if (error instanceof TarFault) return true;
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
