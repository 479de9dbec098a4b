/** Files that Lull makes itself from npm packages and knows the exact bytes of. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What the finished file must be. */
export interface Pin {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Where the file grows before it gets its name. */
export function growingPath(targetPath: string): string {
  return `${targetPath}.part`;
}

/**
 * Whether the file is there, with the pinned size and checksum.
 *
 * @throws the system's error when it is there but cannot be read.
 */
export async function isPinned(path: string, pin: Pin): Promise<boolean> {
  if ((await sizeOf(path)) !== pin.sizeBytes) return false;
  const hash = createHash('sha256');
  // Typed by hand: without an encoding a file stream yields nothing but buffers.
  const chunks: AsyncIterable<Uint8Array> = createReadStream(path);
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex') === pin.sha256;
}

/**
 * Writes the file beside its place and moves it there once it is whole, checked and on disk.
 *
 * @throws the system's error, or `WrongPin`; the unfinished file is gone by then.
 */
export async function writePinned(
  targetPath: string,
  chunks: Iterable<Uint8Array>,
  pin: Pin,
): Promise<void> {
  const path = growingPath(targetPath);
  try {
    await mkdir(dirname(targetPath), { recursive: true });
    const written = await writeHashed(path, chunks);
    if (written.sha256 !== pin.sha256) throw new WrongPin(written);
    await rename(path, targetPath);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

class WrongPin extends Error {
  override readonly name = 'WrongPin';

  constructor({ sizeBytes, sha256 }: Pin) {
    super(`The file (${String(sizeBytes)} bytes) has the SHA-256 ${sha256}, not the pinned one.`);
  }
}

async function writeHashed(path: string, chunks: Iterable<Uint8Array>): Promise<Pin> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await open(path, 'w');
  try {
    for (const bytes of chunks) {
      await file.writeFile(bytes);
      hash.update(bytes);
      sizeBytes += bytes.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** Null when there is no such file. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (absent) return null;
    throw error;
  }
}
