/** What main and the download process say to each other, one schema for each direction. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';
import { downloadLimitsSchema } from './download-limits.ts';
import { downloadJobSchema } from './download-ports.ts';

const bytes = z.number().int().nonnegative();
/** Of one fetch: what is said about an earlier one is known by it. */
const run = z.number().int().nonnegative();
const limit = z.number().int().positive().nullable();

/** Longer than any sentence of ours. */
export const MAX_DETAILS_LENGTH = 400;

export const toDownloadSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('fetch'),
    run,
    job: downloadJobSchema,
    limits: downloadLimitsSchema,
    bytesPerSecond: limit,
  }),
  /** Answered by `stopped`, unless the fetch came to its end meanwhile. */
  z.strictObject({ type: z.literal('stop'), run }),
  z.strictObject({ type: z.literal('limit'), bytesPerSecond: limit }),
  /** Deletes what is unfinished; answered by `removed`. */
  z.strictObject({ type: z.literal('remove'), run, destination: z.string().min(1).max(4096) }),
]);

export const fromDownloadSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('progress'),
    run,
    phase: z.enum(['fetching', 'verifying']),
    doneBytes: bytes,
    totalBytes: bytes,
    bytesPerSecond: bytes.nullable(),
    from: z.string().max(300).nullable(),
  }),
  z.strictObject({
    type: z.literal('done'),
    run,
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({
    type: z.literal('failed'),
    run,
    code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
    details: z.string().max(MAX_DETAILS_LENGTH).nullable(),
  }),
  z.strictObject({ type: z.literal('stopped'), run }),
  z.strictObject({ type: z.literal('removed'), run }),
]);

export type ToDownload = Readonly<z.infer<typeof toDownloadSchema>>;
export type FromDownload = Readonly<z.infer<typeof fromDownloadSchema>>;
