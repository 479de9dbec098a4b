/** Fetches one file to the end, from whichever of its mirrors gives it, and checks its hash where that is known. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import {
  afterAttempt,
  firstAttempts,
  type DownloadFault,
  type NextAttempt,
  type Outcome,
} from './download-attempts.ts';
import type { Disk } from './download-disk.ts';
import { recordPath } from './download-files.ts';
import { openPartFile, type PartFile } from './download-part-file.ts';
import { transfer, type TransferHooks, type TransferPorts } from './download-transfer.ts';

export interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly hex: string;
}

/** What one file is fetched from and as. */
export interface Piece {
  /** Mirrors of each other. */
  readonly urls: readonly string[];
  /** Where it lies when it is here: the unfinished file itself. */
  readonly path: string;
  readonly sizeBytes: number | null;
  readonly maxBytes: number;
  /** `none`: whoever joins the pieces checks the whole. */
  readonly check: Digest | 'as-named' | 'none';
}

export interface PiecePorts extends TransferPorts {
  readonly disk: Disk;
  /** 0 to 1. */
  readonly jitter: () => number;
}

export interface PieceHooks extends TransferHooks {
  /** Bytes that are here, at the start and after some were given up. */
  has(bytes: number, totalBytes: number | null): void;
  /** Everything is here and is being hashed. */
  verifying(): void;
}

/**
 * @returns the digest that the file on disk was found to have; null when it was not checked
 * @throws AppError `download-changed`, `download-damaged` (nothing is left of it then), `download-failed`,
 *   `cancelled`; the disk's error. What has arrived is kept in all other cases.
 */
export async function fetchPiece(
  ports: PiecePorts,
  piece: Piece,
  hooks: PieceHooks,
  signal: AbortSignal,
): Promise<Digest | null> {
  const { disk, clock, limits } = ports;
  const { path, sizeBytes } = piece;
  const check = typeof piece.check === 'string' ? piece.check : piece.check.hex;
  const expects = `${sizeBytes ?? '?'} ${check}`;
  const file = await openPartFile({ disk, clock, limits, path, expects }, signal);
  let isOver = false;
  try {
    return await gather(ports, piece, file, hooks, signal);
  } catch (error) {
    isOver = error instanceof AppError && isWorthless(error.code);
    throw error;
  } finally {
    await file.close();
    if (isOver) await removePiece(disk, path);
  }
}

export async function removePiece(disk: Disk, path: string): Promise<void> {
  await disk.remove(recordPath(path));
  await disk.remove(path);
}

function isWorthless(code: string): boolean {
  return code === 'download-changed' || code === 'download-damaged';
}

async function gather(
  ports: PiecePorts,
  piece: Piece,
  file: PartFile,
  hooks: PieceHooks,
  signal: AbortSignal,
): Promise<Digest | null> {
  const { clock, limits, jitter } = ports;
  let attempts = firstAttempts(piece.urls.length);
  let source = 0;
  for (;;) {
    hooks.has(file.haveBytes, piece.sizeBytes ?? file.record.totalBytes);
    const url = piece.urls[source] ?? '';
    const ending = await transfer(ports, url, piece, file, hooks, signal);
    let outcome: Outcome;
    if (ending.kind === 'complete') {
      hooks.verifying();
      const checked = await verify(piece, file, signal);
      if (checked.isGood) return checked.digest;
      outcome = checked.outcome;
    } else outcome = ending;
    const decided = afterAttempt(attempts, outcome, clock.nowMs(), jitter(), limits);
    attempts = decided.attempts;
    source = await obey(decided.next, clock, file, signal);
  }
}

/** @returns the source to ask @throws AppError when there is none */
async function obey(
  next: NextAttempt,
  clock: Clock,
  file: PartFile,
  signal: AbortSignal,
): Promise<number> {
  if (next.kind === 'give-up') throw faultError(next.fault, next.why);
  if (next.isFresh) await file.reset();
  if (next.afterMs > 0) await pause(clock, next.afterMs, signal);
  return next.source;
}

function faultError(fault: DownloadFault, why: string): AppError {
  return new AppError(fault, { details: why });
}

type Verdict =
  | { readonly isGood: true; readonly digest: Digest | null }
  | { readonly isGood: false; readonly outcome: Outcome };

async function verify(piece: Piece, file: PartFile, signal: AbortSignal): Promise<Verdict> {
  if (piece.check === 'none') return { isGood: true, digest: null };
  const expected = piece.check === 'as-named' ? named(file) : piece.check;
  if (expected === null) {
    const why = 'The source does not say which SHA-256 the file has, so it cannot be checked.';
    return { isGood: false, outcome: { kind: 'refused', why } };
  }
  await file.sync();
  const { algorithm } = expected;
  const hex = (await file.hash(algorithm, signal)).toString('hex');
  if (hex === expected.hex) return { isGood: true, digest: expected };
  const givers = piece.urls.flatMap((url, index) =>
    file.record.sources.some((seen) => seen.url === url && seen.hasGiven) ? [index] : [],
  );
  const why = `${algorithm} is ${hex.slice(0, 16)}…, not ${expected.hex.slice(0, 16)}….`;
  return { isGood: false, outcome: { kind: 'damaged', givers, why } };
}

function named(file: PartFile): Digest | null {
  const hex = file.record.namedSha256;
  return hex === null ? null : { algorithm: 'sha256', hex };
}

/** @throws AppError `cancelled` (the reason of `signal`) as soon as it aborts */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => {
    resolve(undefined);
  };
  const callOff = clock.after(ms, end);
  signal.addEventListener('abort', end, { once: true });
  await promise;
  callOff();
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
}
