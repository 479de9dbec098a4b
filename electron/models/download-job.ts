/** Brings one download to its end: what is there already, room on the disk, one plan after the other, the verified file. */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { AppError } from '../platform/app-error.ts';
import type { Disk } from './download-disk.ts';
import { isUnfinishedFile, joinedPath, recordPath } from './download-files.ts';
import { joinParts } from './download-join.ts';
import { fetchPiece, removePiece, type PieceHooks, type PiecePorts } from './download-piece.ts';
import { diskBytes, plansOf, transferBytes, type Plan } from './download-plans.ts';
import type { DownloadJob } from './download-ports.ts';

const READ_BYTES = 1024 * 1024;

export interface JobProgress {
  readonly phase: 'fetching' | 'verifying';
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly from: string | null;
}

export interface JobHooks {
  progress(progress: JobProgress): void;
  /** Bytes that came over the wire just now. */
  gained(bytes: number): void;
}

/**
 * @returns SHA-256 of the file that now lies at the destination, as read back from the disk
 * @throws AppError `download-changed`, `download-damaged`, `download-failed`, `disk-too-small`, `cancelled` (as the
 *   reason of `signal`); the disk's error
 */
export async function runDownload(
  ports: PiecePorts,
  job: DownloadJob,
  hooks: JobHooks,
  signal: AbortSignal,
): Promise<string> {
  const { disk } = ports;
  await disk.makeFolder(dirname(job.destination));
  if (await isThere(disk, job, hooks, signal)) {
    await removeUnfinished(disk, job.destination);
    return job.sha256 ?? '';
  }
  let worst: AppError | null = null;
  for (const plan of plansOf(job)) {
    try {
      await checkRoom(ports, job, plan);
      const sha256 = await runPlan(ports, job, plan, hooks, signal);
      await removeUnfinished(disk, job.destination);
      return sha256;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Another way that needs more room says nothing about why the first one failed.
      if (!isSourceFault(error))
        throw worst !== null && error.code === 'disk-too-small' ? worst : error;
      worst ??= error;
    }
  }
  throw worst ?? new AppError('internal', { details: 'A download without a source.' });
}

/** Deletes everything unfinished of a destination. */
export async function removeUnfinished(disk: Disk, destination: string): Promise<void> {
  const folder = dirname(destination);
  if ((await disk.sizeOf(folder)) === null) return;
  const names = await disk.namesIn(folder);
  for (const name of names) {
    if (isUnfinishedFile(destination, name)) await disk.remove(join(folder, name));
  }
}

function isSourceFault({ code }: AppError): boolean {
  return code.startsWith('download-');
}

/** A kill may have come between the last rename and the news of it. */
async function isThere(
  disk: Disk,
  { destination, sizeBytes, sha256 }: DownloadJob,
  hooks: JobHooks,
  signal: AbortSignal,
): Promise<boolean> {
  if (sha256 === null || (await disk.sizeOf(destination)) !== sizeBytes) return false;
  hooks.progress({ phase: 'verifying', doneBytes: sizeBytes, totalBytes: sizeBytes, from: null });
  const file = await disk.open(destination);
  try {
    const sum = createHash('sha256');
    const into = Buffer.allocUnsafe(READ_BYTES);
    for (let position = 0; ;) {
      signal.throwIfAborted();
      const read = await file.read(into, position);
      if (read === 0) return sum.digest('hex') === sha256;
      sum.update(into.subarray(0, read));
      position += read;
    }
  } finally {
    await file.close();
  }
}

/** @throws AppError `disk-too-small` */
async function checkRoom(
  { disk, limits }: PiecePorts,
  job: DownloadJob,
  plan: Plan,
): Promise<void> {
  const folder = dirname(job.destination);
  // What another plan left is of no use to this one.
  const pieces = plan.kind === 'whole' ? [plan.piece] : plan.parts.map(({ piece }) => piece);
  const own = pieces.flatMap(({ path }) => [path, recordPath(path)]);
  const paths = plan.kind === 'whole' ? own : [...own, joinedPath(job.destination)];
  const sizes = await Promise.all(paths.map((path) => disk.sizeOf(path)));
  const hereBytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const wantedBytes = Math.max(0, diskBytes(plan) - hereBytes) + limits.spareBytes;
  const freeBytes = await disk.freeBytes(folder);
  if (freeBytes >= wantedBytes) return;
  const details = `It needs ${megabytes(wantedBytes)} of free space, and there are ${megabytes(freeBytes)}.`;
  throw new AppError('disk-too-small', { details });
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

async function runPlan(
  ports: PiecePorts,
  job: DownloadJob,
  plan: Plan,
  hooks: JobHooks,
  signal: AbortSignal,
): Promise<string> {
  const progress = trackProgress(transferBytes(plan), hooks);
  if (plan.kind === 'whole') {
    const digest = await fetchPiece(ports, plan.piece, progress.ofPiece(), signal);
    await putInPlace(ports.disk, plan.piece.path, job.destination);
    return digest?.hex ?? '';
  }
  for (const { piece } of plan.parts) await fetchPiece(ports, piece, progress.ofPiece(), signal);
  progress.verifying();
  return await joinPlan(ports.disk, job, plan, signal);
}

/** @throws AppError `download-damaged`; nothing of it is left then */
async function joinPlan(
  disk: Disk,
  job: DownloadJob,
  plan: Extract<Plan, { readonly kind: 'parts' }>,
  signal: AbortSignal,
): Promise<string> {
  const target = joinedPath(job.destination);
  const parts = plan.parts.map(({ part, piece }) => ({ part, path: piece.path }));
  try {
    const sha256 = await joinParts(disk, parts, target, signal);
    if (sha256 !== job.sha256) {
      const details =
        job.sha256 === null
          ? 'No SHA-256 was given for the joined file.'
          : `sha256 is ${sha256.slice(0, 16)}…, not ${job.sha256.slice(0, 16)}….`;
      throw new AppError('download-damaged', { details });
    }
    await putInPlace(disk, target, job.destination);
    return sha256;
  } catch (error) {
    await disk.remove(target);
    if (error instanceof AppError && isSourceFault(error)) {
      for (const { path } of parts) await removePiece(disk, path);
    }
    throw error;
  }
}

/** The only place where a file gets the name under which others open it. */
async function putInPlace(disk: Disk, from: string, destination: string): Promise<void> {
  await disk.rename(from, destination, dirname(destination));
}

/** Adds up the pieces of one plan. */
function trackProgress(expectedBytes: number, hooks: JobHooks) {
  let finishedBytes = 0;
  let pieceBytes = 0;
  let from: string | null = null;
  const tell = (phase: JobProgress['phase']): void => {
    const doneBytes = finishedBytes + pieceBytes;
    hooks.progress({ phase, doneBytes, totalBytes: Math.max(expectedBytes, doneBytes), from });
  };
  return {
    verifying: () => {
      tell('verifying');
    },
    /** Hooks of the next piece. */
    ofPiece(): PieceHooks {
      finishedBytes += pieceBytes;
      pieceBytes = 0;
      return {
        from(host) {
          from = host;
        },
        has(bytes) {
          pieceBytes = bytes;
          tell('fetching');
        },
        arrived(newBytes) {
          pieceBytes += newBytes;
          hooks.gained(newBytes);
          tell('fetching');
        },
        verifying() {
          tell('verifying');
        },
      };
    },
  };
}
