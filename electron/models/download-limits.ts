/** How patient a download is, and how finely it remembers what has arrived. */
import { z } from 'zod';

const ms = z.number().int().positive().max(3_600_000);
const bytes = z.number().int().positive();

export const downloadLimitsSchema = z.strictObject({
  /** No byte for so long counts as an interruption. */
  stallMs: ms,
  /** The first pause after an interruption; it doubles with each that brought nothing. */
  firstRetryMs: ms,
  maxRetryMs: ms,
  /** What a server may ask us to wait. */
  maxRetryAfterMs: ms,
  /** Interruptions in a row, each without progress, after which a source is given up. */
  maxBarrenTries: z.number().int().positive().max(1_000),
  /** Fewer bytes than this are no progress: a source that sends one at a time must come to an end. */
  progressBytes: bytes,
  /** Each block of the file has a hash of its own in the record beside it. */
  blockBytes: bytes.max(2 ** 28),
  /** How often the unfinished block is recorded, too; so much is fetched again after a kill. */
  checkpointMs: ms,
  /** How often progress is told. */
  reportMs: ms,
  /** Left free on the disk. */
  spareBytes: z.number().int().nonnegative(),
});

export type DownloadLimits = Readonly<z.infer<typeof downloadLimitsSchema>>;

export const DOWNLOAD_LIMITS: DownloadLimits = {
  stallMs: 30_000,
  firstRetryMs: 1_000,
  maxRetryMs: 60_000,
  maxRetryAfterMs: 300_000,
  maxBarrenTries: 8,
  progressBytes: 65_536,
  blockBytes: 16 * 1024 * 1024,
  checkpointMs: 2_000,
  reportMs: 250,
  spareBytes: 256 * 1024 * 1024,
};
