/** An unfinished file and its record: what is in it was checked when it was opened, and is recorded as it grows. */
import { createHash } from 'node:crypto';
import { toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { createBlockHasher, stretchesOf, type BlockHasher } from './download-blocks.ts';
import type { Disk, DiskFile } from './download-disk.ts';
import { recordPath } from './download-files.ts';
import type { DownloadLimits } from './download-limits.ts';
import {
  emptyRecord,
  MAX_RECORD_BYTES,
  readRecord,
  withSource,
  type DownloadRecord,
  type SeenSource,
} from './download-record.ts';

const READ_BYTES = 1024 * 1024;

export interface PartFile {
  readonly haveBytes: number;
  readonly record: Omit<DownloadRecord, 'blocks' | 'tail'>;
  /** Notes what a source says; the bytes that follow are its own. */
  note(news: Partial<Pick<DownloadRecord, 'totalBytes' | 'namedSha256'>>, source: SeenSource): void;
  /** @throws the system's error; what was there before is still good then */
  append(bytes: Uint8Array): Promise<void>;
  /** Forgets all of it. */
  reset(): Promise<void>;
  /** Hash of everything, read back from the disk. @throws AppError `cancelled` */
  hash(algorithm: 'sha256' | 'sha512', signal: AbortSignal): Promise<Buffer>;
  /** Makes the bytes last. */
  sync(): Promise<void>;
  /** Records what there is, so far as the disk lets it, and closes. */
  close(): Promise<void>;
}

export interface PartFileOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly limits: DownloadLimits;
  readonly path: string;
  readonly expects: string;
}

/** Opens what an earlier run left, cut down to what its record vouches for. @throws the system's error */
export async function openPartFile(
  options: PartFileOptions,
  signal: AbortSignal,
): Promise<PartFile> {
  const { disk, path, expects, limits } = options;
  const text = await disk.readText(recordPath(path), MAX_RECORD_BYTES);
  const record = readRecord(text, expects, limits.blockBytes);
  const file = await disk.open(path);
  try {
    const hasher = createBlockHasher(limits.blockBytes);
    if (record !== null) await addVerified(file, record, hasher, signal);
    await file.truncate(hasher.bytes);
    return growing(options, file, hasher, record ?? emptyRecord(expects, limits.blockBytes));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Adds stretch after stretch to `hasher` for as long as the disk holds what was recorded. */
async function addVerified(
  file: DiskFile,
  record: DownloadRecord,
  hasher: BlockHasher,
  signal: AbortSignal,
): Promise<void> {
  const sizeBytes = await file.sizeBytes();
  for (const { from, bytes, sha256 } of stretchesOf(record, record.blockBytes)) {
    if (from + bytes > sizeBytes || from !== hasher.bytes) return;
    const stretch = Buffer.allocUnsafe(bytes);
    let done = 0;
    while (done < bytes) {
      signal.throwIfAborted();
      const read = await file.read(stretch.subarray(done, done + READ_BYTES), from + done);
      if (read === 0) return;
      done += read;
    }
    if (createHash('sha256').update(stretch).digest('hex') !== sha256) return;
    hasher.add(stretch);
  }
}

function growing(
  { disk, clock, limits, path, expects }: PartFileOptions,
  file: DiskFile,
  verified: BlockHasher,
  found: DownloadRecord,
): PartFile {
  let hasher = verified;
  let record = found;
  let savedMs = clock.monotonicMs();

  const save = (): void => {
    savedMs = clock.monotonicMs();
    disk.writeText(recordPath(path), JSON.stringify({ ...record, ...hasher.hashes() }));
  };

  return {
    get haveBytes() {
      return hasher.bytes;
    },
    get record() {
      return record;
    },
    note(news, source) {
      record = withSource({ ...record, ...news }, source);
    },
    async append(bytes) {
      await file.write(bytes, hasher.bytes);
      const isBlock = hasher.add(bytes);
      if (isBlock || clock.monotonicMs() - savedMs >= limits.checkpointMs) save();
    },
    async reset() {
      hasher = createBlockHasher(limits.blockBytes);
      record = emptyRecord(expects, limits.blockBytes);
      await disk.remove(recordPath(path));
      await file.truncate(0);
    },
    async hash(algorithm, signal) {
      const sum = createHash(algorithm);
      const into = Buffer.allocUnsafe(READ_BYTES);
      for (let position = 0; ;) {
        signal.throwIfAborted();
        const read = await file.read(into, position);
        if (read === 0) return sum.digest();
        sum.update(into.subarray(0, read));
        position += read;
      }
    },
    sync: () => file.sync(),
    async close() {
      try {
        save();
      } catch (error) {
        // The record from before still vouches for what it names.
        if (toAppError(error).code !== 'disk-full') throw error;
      } finally {
        await file.close();
      }
    },
  };
}
