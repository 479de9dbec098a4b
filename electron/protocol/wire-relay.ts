/** What an Application sends with one relay, and what streams back. */
import { z } from 'zod';
import { REFUSAL_CODES, type RefusalCode } from './refusal.ts';
import type { GenerateRequest } from './generate.ts';
import type { Hex } from './hex.ts';
import { MAX_HOLD_SECONDS } from './hold.ts';
import {
  addressSchema,
  chainIdSchema,
  hashSchema,
  signatureSchema,
  uint32Schema,
  uint64Schema,
  uint8Schema,
  uint96Schema,
} from './wire-values.ts';

/** UTF-16 units; a body of 1 MB is the most that the transport takes. */
export const MAX_BODY_LENGTH = 1_000_000;
const MAX_TURNS = 1024;
const MAX_STOPS = 4;
const MAX_STOP_LENGTH = 512;
const MAX_CHUNK_TEXT = 64 * 1024;
const MAX_CHUNK_TOKENS = 4096;
export const MAX_LOGPROBS = 5;
/** Most tokens that one relay may ask for. */
export const MAX_OUTPUT_TOKENS = 1_000_000;

export const sessionSchema = z
  .strictObject({
    chainId: chainIdSchema,
    hub: addressSchema,
    application: addressSchema,
    service: hashSchema,
    epoch: uint32Schema,
    draw: uint8Schema,
    supplier: addressSchema,
    price: uint96Schema,
  })
  .readonly();

/** A relay request: everything but the body is signed or hashed; the body is hashed as the text that it is. */
export const relayRequestSchema = z
  .strictObject({
    session: sessionSchema,
    voucher: z.strictObject({ cumulative: uint96Schema, signature: signatureSchema }).readonly(),
    salt: hashSchema,
    seedNonce: hashSchema,
    maxCu: uint64Schema,
    /** Unix time in milliseconds. */
    deadlineMs: uint64Schema,
    topLogprobs: z.int().min(0).max(MAX_LOGPROBS),
    /** JSON text of a `RelayBody`. */
    body: z.string().min(2).max(MAX_BODY_LENGTH),
  })
  .readonly();
export type RelayRequest = z.infer<typeof relayRequestSchema>;

const penalty = z.number().min(-2).max(2);

/** The question, in the words of the OpenAI API (`/v1/chat/completions`). */
export const relayBodySchema = z
  .strictObject({
    messages: z
      .array(
        z
          .strictObject({
            role: z.enum(['system', 'user', 'assistant']),
            content: z.string().max(MAX_BODY_LENGTH),
          })
          .readonly(),
      )
      .min(1)
      .max(MAX_TURNS)
      .readonly(),
    max_tokens: z.int().min(1).max(MAX_OUTPUT_TOKENS),
    temperature: z.number().min(0).max(2),
    top_p: z.number().min(0).max(1),
    top_k: z.int().min(0).max(1_000_000),
    min_p: z.number().min(0).max(1),
    frequency_penalty: penalty,
    presence_penalty: penalty,
    stop: z.array(z.string().min(1).max(MAX_STOP_LENGTH)).max(MAX_STOPS).readonly(),
    /** Goes after those that cannot wait. */
    can_wait: z.boolean().optional(),
    /** Keeps the conversation for so long after the answer, for its next question; left out, not at all. */
    hold_seconds: z.int().min(0).max(MAX_HOLD_SECONDS).optional(),
    /** The request of this session that bought the hold which this one goes on from. */
    follows: hashSchema.optional(),
  })
  .readonly();
export type RelayBody = z.infer<typeof relayBodySchema>;

/** What a relay has to do with holds. */
export interface HoldTerms {
  /** 0 buys none. */
  readonly holdSeconds: number;
  /** The request whose hold it goes on from. */
  readonly follows: Hex | null;
}

export const NO_HOLD: HoldTerms = { holdSeconds: 0, follows: null };

export function toRelayBody(
  request: GenerateRequest & { readonly maxTokens: number },
  { holdSeconds, follows }: HoldTerms = NO_HOLD,
): RelayBody {
  const { sampling } = request;
  return {
    messages: request.turns.map(({ role, text }) => ({ role, content: text })),
    max_tokens: request.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    stop: request.stop,
    ...(request.priority === 'can-wait' && { can_wait: true }),
    ...(holdSeconds > 0 && { hold_seconds: holdSeconds }),
    ...(follows !== null && { follows }),
  };
}

export function holdTermsOf(body: RelayBody): HoldTerms {
  return { holdSeconds: body.hold_seconds ?? 0, follows: body.follows ?? null };
}

/** @param seed from `samplerSeed` */
export function fromRelayBody(body: RelayBody, seed: number): GenerateRequest {
  return {
    turns: body.messages.map(({ role, content }) => ({ role, text: content })),
    maxTokens: body.max_tokens,
    stop: body.stop,
    sampling: {
      temperature: body.temperature,
      topP: body.top_p,
      topK: body.top_k,
      minP: body.min_p,
      seed,
      frequencyPenalty: body.frequency_penalty,
      presencePenalty: body.presence_penalty,
    },
    ...(body.can_wait === true && { priority: 'can-wait' }),
  };
}

/** @returns null when the text is no `RelayBody` */
export function parseRelayBody(text: string): RelayBody | null {
  try {
    return relayBodySchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

export const receiptFields = {
  session: hashSchema,
  ref: hashSchema,
  sequence: uint32Schema.min(1),
  cumulative: uint96Schema,
  responseHash: hashSchema,
  modelSha256: hashSchema,
  profile: hashSchema,
  promptTokens: uint32Schema,
  cachedTokens: uint32Schema,
  heldTokens: uint32Schema,
  outputTokens: uint32Schema,
  heldTokenSeconds: uint64Schema,
  refundTokenSeconds: uint64Schema,
  owedTokenSeconds: uint64Schema,
  cu: uint64Schema,
  totalCu: uint64Schema,
  charged: uint96Schema,
  totalCharged: uint96Schema,
  finish: uint8Schema,
  queuedMs: uint32Schema,
  firstTokenMs: uint32Schema,
  totalMs: uint32Schema,
  endedAtMs: uint64Schema,
};

export const receiptSchema = z.strictObject(receiptFields).readonly();

export const signedReceiptSchema = z
  .strictObject({ receipt: receiptSchema, signature: signatureSchema })
  .readonly();

export const refusalSchema = z
  .strictObject({
    code: z.enum(REFUSAL_CODES as [RefusalCode, ...RefusalCode[]]),
    retryElsewhere: z.boolean(),
  })
  .readonly();
export type Refusal = z.infer<typeof refusalSchema>;

const topLogprobsSchema = z
  .strictObject({
    ids: z.array(uint32Schema).max(MAX_LOGPROBS).readonly(),
    milliNats: z.array(z.int32()).max(MAX_LOGPROBS).readonly(),
  })
  // One for each, in the four bytes that are hashed: two streams must not share a hash.
  .refine(({ ids, milliNats }) => ids.length === milliNats.length)
  .readonly();

/** Chunks are numbered from 0 without a gap; after the receipt nothing follows. */
export const relayEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('refusal'), refusal: refusalSchema }),
  z.strictObject({
    type: z.literal('chunk'),
    number: uint32Schema,
    text: z.string().max(MAX_CHUNK_TEXT),
    tokenIds: z.array(uint32Schema).max(MAX_CHUNK_TOKENS).readonly(),
    logprobs: z.array(topLogprobsSchema).max(MAX_CHUNK_TOKENS).readonly().optional(),
  }),
  z.strictObject({ type: z.literal('receipt'), signed: signedReceiptSchema }),
]);
export type RelayEvent = Readonly<z.infer<typeof relayEventSchema>>;
export type RelayChunk = Extract<RelayEvent, { type: 'chunk' }>;
