/** What main and the process that unpacks a pack say to each other. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';

export const unpackOrderSchema = z.strictObject({
  type: z.literal('unpack'),
  /** Absolute paths, of the tarball and of the folder that it becomes. */
  tarball: z.string().min(1).max(4096),
  target: z.string().min(1).max(4096),
  /** Of the tarball: `sha512-` and base64. */
  integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/),
  /** Of all files in it together, exactly. */
  unpackedBytes: z.number().int().positive(),
  fileCount: z.number().int().positive().max(1_000),
});

export const unpackReplySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({
    type: z.literal('failed'),
    code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
    details: z.string().nullable(),
  }),
]);

export type UnpackOrder = Readonly<z.infer<typeof unpackOrderSchema>>;
export type UnpackReply = Readonly<z.infer<typeof unpackReplySchema>>;
