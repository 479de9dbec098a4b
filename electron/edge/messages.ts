/** Every message between main and the edge process, both ways; each side checks what it receives. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';
import { peerFromEdge, peerToEdge } from './peer-messages.ts';

/** No prompt is longer than the body that carried it (UTF-16 units are never more than UTF-8 bytes). */
export const MAX_PROMPT_LENGTH = 4 * 1024 * 1024;
const MAX_TURNS = 4096;
const MAX_STOPS = 4;
const MAX_NAME_LENGTH = 4096;
const MAX_TOP_LOGPROBS = 20;

const chatId = z.int().min(1);
const port = z.int().min(0).max(65_535);
const count = z.int().min(0);
// What main sends is stripped rather than refused: main is not the hostile side.
const counts = z.object({ prompt: count, cached: count, output: count }).readonly();
const penalty = z.number().min(-2).max(2);

const turn = z
  .strictObject({
    role: z.enum(['system', 'user', 'assistant']),
    text: z.string().max(MAX_PROMPT_LENGTH),
  })
  .readonly();

const sampling = z
  .strictObject({
    temperature: z.number().min(0).max(2),
    topP: z.number().min(0).max(1),
    topK: z.int().min(0).max(1_000_000),
    minP: z.number().min(0).max(1),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .nullable(),
    frequencyPenalty: penalty,
    presencePenalty: penalty,
  })
  .readonly();

const chatCall = z
  .strictObject({
    model: z.string().min(1).max(MAX_NAME_LENGTH),
    request: z
      .strictObject({
        turns: z
          .array(turn)
          .min(1)
          .max(MAX_TURNS)
          .refine(
            (turns) => turns.reduce((sum, { text }) => sum + text.length, 0) <= MAX_PROMPT_LENGTH,
            'the prompt is too long',
          )
          .readonly(),
        sampling,
        maxTokens: z.int().min(1).nullable(),
        stop: z.array(z.string().min(1).max(512)).max(MAX_STOPS).readonly(),
        topLogprobs: z.int().min(0).max(MAX_TOP_LOGPROBS).optional(),
        priority: z.enum(['interactive', 'can-wait']).optional(),
      })
      .readonly(),
  })
  .readonly();

const ratedToken = z.object({ id: count, text: z.string(), logprob: z.number() }).readonly();

const tokenLogprob = z
  .object({ text: z.string(), logprob: z.number(), top: z.array(ratedToken).readonly() })
  .readonly();

const chatEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), model: z.string(), fingerprint: z.string() }),
  z.object({
    type: z.literal('tokens'),
    text: z.string(),
    logprobs: z.array(tokenLogprob).readonly().optional(),
  }),
  z.object({
    type: z.literal('end'),
    reason: z.enum(['stop', 'length', 'cancelled']),
    counts,
  }),
]);

const MAX_EMBED_INPUTS = 2048;
const MAX_EMBED_LENGTH = 1_000_000;

const embedCall = z
  .strictObject({
    model: z.string().min(1).max(MAX_NAME_LENGTH),
    inputs: z
      .array(z.union([z.string().max(MAX_EMBED_LENGTH), z.array(count).readonly()]))
      .min(1)
      .max(MAX_EMBED_INPUTS)
      .refine(
        (inputs) => inputs.reduce((sum, each) => sum + each.length, 0) <= MAX_EMBED_LENGTH,
        'the inputs are too long',
      )
      .readonly(),
  })
  .readonly();

const embedded = z
  .object({
    model: z.string(),
    vectors: z.array(z.instanceof(Float32Array)).readonly(),
    tokens: count,
  })
  .readonly();

const listedModel = z
  .object({ id: z.string(), name: z.string(), createdAtMs: z.number() })
  .readonly();

const failure = z.strictObject({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  details: z.string().max(4096).nullable(),
});

export const toEdgeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('listen'),
    port,
    tokenHash: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  z.strictObject({
    type: z.literal('models'),
    id: chatId,
    models: z.array(listedModel).readonly(),
  }),
  z.strictObject({ type: z.literal('event'), id: chatId, event: chatEvent }),
  z.strictObject({ type: z.literal('embedded'), id: chatId, embedded }),
  z.strictObject({ type: z.literal('failure'), id: chatId, failure }),
  ...peerToEdge,
]);

export const fromEdgeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({ type: z.literal('listening'), port: port.min(1) }),
  z.strictObject({ type: z.literal('listen-failed'), failure }),
  z.strictObject({ type: z.literal('models'), id: chatId }),
  z.strictObject({ type: z.literal('chat'), id: chatId, call: chatCall }),
  z.strictObject({ type: z.literal('embed'), id: chatId, call: embedCall }),
  /** Of a chat or an embedding. */
  z.strictObject({ type: z.literal('cancel'), id: chatId }),
  ...peerFromEdge,
]);

export type ToEdge = Readonly<z.output<typeof toEdgeSchema>>;
export type FromEdge = Readonly<z.output<typeof fromEdgeSchema>>;
/** As they are posted: the schemas turn decimal texts into numbers on the way in. */
export type ToEdgeWire = Readonly<z.input<typeof toEdgeSchema>>;
export type FromEdgeWire = Readonly<z.input<typeof fromEdgeSchema>>;
export type WireFailure = Readonly<z.infer<typeof failure>>;

/** A chat request that passed every check of its shape. */
export type ChatCall = z.infer<typeof chatCall>;
export type EmbedCall = z.infer<typeof embedCall>;
export type Embedded = z.infer<typeof embedded>;
export type ChatEvent = Readonly<z.infer<typeof chatEvent>>;
export type ListedModel = z.infer<typeof listedModel>;
