/** Everything that main and the engine process say to each other, one schema for each direction. */
import { z } from 'zod';
import { backendNameSchema, externalServerSchema, kvTypeSchema } from '../ipc/snapshot.ts';
import { ERROR_CODES, type ErrorCode } from '../ipc/error-codes.ts';

const count = z.number().int().nonnegative();
const requestId = z.number().int().nonnegative();
const tokenIds = z.array(z.number().int().nonnegative()).readonly();

const countsSchema = z.strictObject({
  prompt: count,
  cached: count,
  held: count.optional(),
  output: count,
});

const logprob = z.number();
const logprobsSchema = z
  .array(
    z.strictObject({
      text: z.string(),
      logprob,
      top: z.array(z.strictObject({ id: count, text: z.string(), logprob })).readonly(),
    }),
  )
  .readonly();

const timingsSchema = z.strictObject({
  queuedMs: z.number(),
  prefillMs: z.number(),
  firstTokenMs: z.number().nullable(),
  totalMs: z.number(),
});

const turnSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  text: z.string(),
});

const samplingSchema = z.strictObject({
  temperature: z.number().min(0).max(100),
  topP: z.number().min(0).max(1),
  topK: z.number().int().nonnegative(),
  minP: z.number().min(0).max(1),
  seed: z.number().int().nullable(),
  frequencyPenalty: z.number().min(-2).max(2),
  presencePenalty: z.number().min(-2).max(2),
});

/** Below it a relay rests for so long that whoever asked has gone. */
const LEAST_DUTY = 0.01;

const engineRequestSchema = z.strictObject({
  turns: z.array(turnSchema).min(1).readonly(),
  sampling: samplingSchema,
  maxTokens: z.number().int().positive().nullable(),
  stop: z.array(z.string()).readonly(),
  topLogprobs: z.int().min(0).max(20).optional(),
  priority: z.enum(['interactive', 'can-wait']).optional(),
  cacheKey: z.string().min(1).max(200).optional(),
  holdSeconds: z.int().min(1).max(600).optional(),
  isReplayable: z.boolean().optional(),
  relay: z.strictObject({ duty: z.number().min(LEAST_DUTY).max(1) }).optional(),
});

export const loadOptionsSchema = z.strictObject({
  modelPath: z.string().min(1),
  backend: backendNameSchema,
  /** Threads of the CPU part; measured, never the library's default. */
  threads: z.number().int().positive(),
  /** Measure again with this model, if it is large enough for that to matter. */
  tuneThreads: z.boolean(),
  /** At most; fewer where the memory has no room for them. */
  sequences: z.number().int().positive(),
  /** Tokens per sequence; null takes what the model and the memory allow. */
  contextTokens: z.number().int().positive().nullable(),
  /** Number format of keys and values in the context; left out, f16. */
  kvType: kvTypeSchema.optional(),
  /** A small model that may guess beside it; left out, none does. */
  draftPath: z.string().min(1).optional(),
  /** Where the owner's own states may be kept; null or left out, nowhere on a disk. */
  cacheFolder: z.string().min(1).nullable().optional(),
  /** Who computes in place of this process; null or left out, nobody does. */
  server: externalServerSchema.nullable().optional(),
});

export const loadReportSchema = z.strictObject({
  /** What the loader said it did, not what it was asked. */
  layersOffloaded: count,
  layersTotal: count,
  contextTokens: count,
  sequences: count,
  threads: count,
  /** The GPU devices in use, by name; empty on the CPU. */
  deviceNames: z.array(z.string()),
  /** Memory of those devices together; null on the CPU. */
  deviceMemoryBytes: z.number().nullable(),
  /** How it guesses what answers go on with, where it was measured to pay; left out, not at all. `draft` looks up as well. */
  speculation: z.enum(['off', 'lookup', 'draft']).optional(),
});

export const generateEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), seed: z.number(), counts: countsSchema }),
  z.strictObject({
    type: z.literal('tokens'),
    text: z.string(),
    tokenIds,
    logprobs: logprobsSchema.optional(),
  }),
  z.strictObject({
    type: z.literal('end'),
    reason: z.enum(['stop', 'length', 'cancelled']),
    counts: countsSchema,
    timings: timingsSchema,
  }),
]);

const code = z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]);
const failure = { code, details: z.string().nullable() };

/** Main to engine. */
export const toEngineSchema = z.discriminatedUnion('type', [
  /** Sent twice a second; the engine ends itself when they stop. */
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({ type: z.literal('load'), options: loadOptionsSchema }),
  z.strictObject({ type: z.literal('generate'), id: requestId, request: engineRequestSchema }),
  z.strictObject({ type: z.literal('cancel'), id: requestId }),
  /** Whoever reads the answer is behind, or has caught up. */
  z.strictObject({ type: z.literal('hold'), id: requestId, isHeld: z.boolean() }),
  /** A conversation was deleted: nothing of the owner's is to be kept. */
  z.strictObject({ type: z.literal('forget-owner') }),
  /** The part of the time that relays may have at most; 0 pauses them before the next step. Answered by `paced`. */
  z.strictObject({ type: z.literal('pace'), id: requestId, relays: z.number().min(0).max(1) }),
]);

/** Engine to main. */
export const fromEngineSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('alive') }),
  z.strictObject({ type: z.literal('progress'), value: z.number().min(0).max(1) }),
  z.strictObject({ type: z.literal('loaded'), report: loadReportSchema }),
  z.strictObject({ type: z.literal('load-failed'), ...failure }),
  z.strictObject({
    type: z.literal('events'),
    events: z.array(z.strictObject({ id: requestId, event: generateEventSchema })).readonly(),
  }),
  z.strictObject({ type: z.literal('failed'), id: requestId, ...failure }),
  /** No relay computes beyond the share that was asked for under this number. */
  z.strictObject({ type: z.literal('paced'), id: requestId }),
  z.strictObject({
    type: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
  }),
]);

export type LoadOptions = Readonly<z.infer<typeof loadOptionsSchema>>;
export type LoadReport = Readonly<z.infer<typeof loadReportSchema>>;
export type ToEngine = Readonly<z.infer<typeof toEngineSchema>>;
export type FromEngine = Readonly<z.infer<typeof fromEngineSchema>>;
