/** What main and the process that asks the model hub say to each other; what the hub said is bounded here. */
import { z } from 'zod';
import { fileNameSchema, hubPlaceSchema, sourceUrlSchema } from './catalogue-schema.ts';

/** More would be a list that nobody reads. */
export const MAX_FOUND = 24;

export const hubRequestSchema = z.strictObject({
  type: z.literal('search'),
  /** For example `https://huggingface.co/`. */
  baseUrl: z.string().min(1).max(200),
  text: z.string().min(1).max(200),
});

/** A single GGUF file, as the hub describes it. */
export const hubFileSchema = z.strictObject({
  place: hubPlaceSchema,
  /** Its name without folders. */
  fileName: fileNameSchema,
  url: sourceUrlSchema,
  sizeBytes: z
    .int()
    .positive()
    .max(2 ** 40),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  quantisation: z.string().max(20).nullable(),
  licence: z.string().max(80).nullable(),
  downloads: z.int().nonnegative().nullable(),
  parameterCount: z.int().positive().nullable(),
  contextTokens: z.int().positive().nullable(),
});

export const hubReplySchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('found'),
    files: z.array(hubFileSchema).max(MAX_FOUND).readonly(),
  }),
  z.strictObject({ type: z.literal('failed'), details: z.string().max(400) }),
]);

export type HubFile = Readonly<z.infer<typeof hubFileSchema>>;
export type HubRequest = Readonly<z.infer<typeof hubRequestSchema>>;
export type HubReply = Readonly<z.infer<typeof hubReplySchema>>;
