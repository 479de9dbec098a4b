/** Everything that main and the embedding process say to each other, one schema for each direction. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';

const requestId = z.int().nonnegative();
const tokenId = z.int().nonnegative();

/** Main to the embedding process. */
export const toEmbeddingSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  /** First of all; made from the package in `sourceFolder` when it is not there yet. */
  z.strictObject({
    type: z.literal('open'),
    sourceFolder: z.string().min(1),
    modelPath: z.string().min(1),
  }),
  z.strictObject({
    type: z.literal('embed'),
    id: requestId,
    /** Texts, or token ids of this model without the two that stand around every text. */
    inputs: z.array(z.union([z.string(), z.array(tokenId).readonly()])).readonly(),
  }),
  z.strictObject({ type: z.literal('cancel'), id: requestId }),
]);

/** The embedding process to main. */
export const fromEmbeddingSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('alive') }),
  z.strictObject({
    type: z.literal('embedded'),
    id: requestId,
    /** One unit vector for each input, in order. */
    vectors: z.array(z.instanceof(Float32Array)).readonly(),
    tokens: z.int().nonnegative(),
  }),
  z.strictObject({
    type: z.literal('failed'),
    id: requestId,
    code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
    details: z.string().nullable(),
  }),
]);

export type EmbeddingInput = string | readonly number[];
export type ToEmbedding = Readonly<z.infer<typeof toEmbeddingSchema>>;
export type FromEmbedding = Readonly<z.infer<typeof fromEmbeddingSchema>>;
