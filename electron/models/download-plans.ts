/** The ways in which a download can be done, in order: all mirrors of the file itself are one, each set of parts is one. */
import { arrivedPath } from './download-files.ts';
import type { Piece } from './download-piece.ts';
import type { DownloadJob, FilePart } from './download-ports.ts';

export type Plan =
  | { readonly kind: 'whole'; readonly piece: Piece }
  | {
      readonly kind: 'parts';
      readonly parts: readonly { readonly part: FilePart; readonly piece: Piece }[];
    };

/** What a tarball may have over its member: its headers, its other files and what zlib cannot make smaller. */
const TARBALL_SPARE_BYTES = 4 * 1024 * 1024;

export function plansOf(job: DownloadJob): readonly Plan[] {
  const urls = job.sources.flatMap((source) => (source.kind === 'https' ? [source.url] : []));
  let hasWhole = false;
  return job.sources.flatMap((source): readonly Plan[] => {
    if (source.kind === 'parts') return [partsPlan(job, source.parts)];
    if (hasWhole) return [];
    hasWhole = true;
    return [{ kind: 'whole', piece: wholePiece(job, urls) }];
  });
}

function wholePiece(job: DownloadJob, urls: readonly string[]): Piece {
  const { sizeBytes, sha256 } = job;
  return {
    urls,
    path: arrivedPath(job.destination, null),
    sizeBytes,
    maxBytes: sizeBytes,
    check: sha256 === null ? 'as-named' : { algorithm: 'sha256', hex: sha256 },
  };
}

function partsPlan(job: DownloadJob, parts: readonly FilePart[]): Plan {
  return {
    kind: 'parts',
    parts: parts.map((part, index) => ({
      part,
      piece: partPiece(part, arrivedPath(job.destination, index + 1)),
    })),
  };
}

function partPiece(part: FilePart, path: string): Piece {
  const isPacked = part.kind === 'npm-tarball';
  const sizeBytes = part.transferBytes ?? (isPacked ? null : part.sizeBytes);
  return {
    urls: [part.url],
    path,
    sizeBytes,
    maxBytes: sizeBytes ?? part.sizeBytes + TARBALL_SPARE_BYTES,
    check:
      part.integrity === undefined
        ? 'none'
        : { algorithm: 'sha512', hex: sha512Hex(part.integrity) },
  };
}

function sha512Hex(integrity: string): string {
  return Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
}

/** Bytes on the wire, as far as they are known beforehand. */
export function transferBytes(plan: Plan): number {
  if (plan.kind === 'whole') return plan.piece.maxBytes;
  return plan.parts.reduce((sum, { part, piece }) => sum + (piece.sizeBytes ?? part.sizeBytes), 0);
}

/** What the disk has to hold at the fullest moment. */
export function diskBytes(plan: Plan): number {
  if (plan.kind === 'whole') return plan.piece.maxBytes;
  return plan.parts.reduce((sum, { part }) => sum + part.sizeBytes, transferBytes(plan));
}
