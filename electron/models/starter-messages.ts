/** What main and the process that builds the test model say to each other. */
import { z } from 'zod';

export const starterRequestSchema = z.strictObject({
  type: z.literal('build'),
  sourceFolder: z.string().min(1),
  targetPath: z.string().min(1),
});

export const starterReplySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    /** 0 to 1. */
    fraction: z.number().min(0).max(1),
    detail: z.string(),
  }),
  z.strictObject({
    type: z.literal('done'),
    sha256: z.string().length(64),
    sizeBytes: z.number().int().positive(),
  }),
  z.strictObject({
    type: z.literal('failed'),
    code: z.enum(['starter-failed', 'disk-full']),
    details: z.string(),
  }),
]);

export type StarterRequest = Readonly<z.infer<typeof starterRequestSchema>>;
export type StarterReply = Readonly<z.infer<typeof starterReplySchema>>;
