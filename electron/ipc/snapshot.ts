/** The whole state that the window mirrors, as one schema. Main owns it; the page only reads it. */
import { z } from 'zod';
import { checkSchema } from './doctor.ts';
import { governorSchema, governorSettingsSchema } from './governor.ts';
import { modelsSchema } from './models.ts';
import { earningsSchema, networkSchema, servedSchema } from './network.ts';
import { failureSchema } from './result.ts';
import { presencePolicySchema, statusSchema } from './status.ts';
import { walletSchema } from './wallet.ts';

export const modelInfoSchema = z.strictObject({
  /** `starter`, or the absolute path of the file. */
  id: z.string(),
  path: z.string(),
  /** Another text means that the file was replaced, so what was loaded from it is out of date. */
  version: z.string(),
  name: z.string(),
  sizeBytes: z.number(),
  architecture: z.string(),
  parameterCount: z.number().nullable(),
  /** For example `Q4_K_M`; null when the file does not say. */
  quantisation: z.string().nullable(),
  licence: z.string().nullable(),
  /** The context it was trained for, in tokens. */
  contextTokens: z.number().nullable(),
  /** False for a base model: it continues text and does not answer. */
  hasChatTemplate: z.boolean(),
  /** True for the test model that only proves the plumbing. */
  isStarter: z.boolean(),
});

export const stepStateSchema = z.enum([
  'waiting',
  'running',
  'done',
  'failed',
  'skipped',
  'cancelled',
]);

export const setupStepSchema = z.strictObject({
  id: z.enum(['starter', 'backends', 'load']),
  title: z.string(),
  state: stepStateSchema,
  /** 0 to 1; null while the length of the step is not known. */
  progress: z.number().nullable(),
  /** What is being done just now, or how it ended. */
  detail: z.string().nullable(),
});

export const setupSchema = z.strictObject({
  phase: z.enum(['running', 'done', 'failed', 'cancelled']),
  steps: z.array(setupStepSchema),
  failure: failureSchema.nullable(),
});

export const backendNameSchema = z.enum(['metal', 'cuda', 'vulkan', 'cpu']);

export const deviceSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['discrete', 'integrated', 'software', 'cpu', 'unknown']),
  memoryBytes: z.number().nullable(),
});

/** What was learnt about one way to run a model on this computer. */
export const candidateSchema = z.strictObject({
  backend: backendNameSchema,
  /** Index of the device within its backend; null for the CPU. */
  deviceIndex: z.number().nullable(),
  device: deviceSchema.nullable(),
  state: z.enum(['chosen', 'works', 'failed', 'skipped']),
  /** Layers of the test model that really went to the device, of all it has. */
  layersOffloaded: z.number().nullable(),
  layersTotal: z.number().nullable(),
  /** Whether the fixed question got exactly the expected tokens. */
  goldenAnswer: z.boolean().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** One plain sentence: why it is or is not used. */
  why: z.string(),
});

export const engineSchema = z.strictObject({
  /** `asleep`: no process runs; the next question starts one. */
  state: z.enum(['unprobed', 'probing', 'asleep', 'loading', 'ready', 'working', 'failed']),
  loadProgress: z.number().nullable(),
  backend: backendNameSchema.nullable(),
  device: deviceSchema.nullable(),
  layersOffloaded: z.number().nullable(),
  layersTotal: z.number().nullable(),
  threads: z.number().nullable(),
  /** Tokens each of the parallel sequences can hold. */
  contextTokens: z.number().nullable(),
  sequences: z.number().nullable(),
  /** How the engine guesses what answers go on with, where that was measured to pay; `off` until it is loaded. */
  speculation: z.enum(['off', 'lookup', 'draft']).optional(),
  candidates: z.array(candidateSchema),
  failure: failureSchema.nullable(),
});

export const endpointSchema = z.strictObject({
  state: z.enum(['starting', 'listening', 'failed']),
  /** For example `http://127.0.0.1:11546/v1`. */
  url: z.string().nullable(),
  /** The file that holds the bearer token; the token itself never reaches the page. */
  tokenPath: z.string().nullable(),
  failure: failureSchema.nullable(),
});

export const conversationSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
});

export const messageSchema = z.strictObject({
  id: z.string(),
  conversationId: z.string(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  createdAtMs: z.number(),
  /** `streaming` while it is being written; `interrupted` when Lull itself stopped in between. */
  state: z.enum(['complete', 'streaming', 'stopped', 'failed', 'interrupted']),
  failure: failureSchema.nullable(),
  /** Who answered and how fast; null for questions and while it streams. */
  stats: z
    .strictObject({
      modelName: z.string(),
      promptTokens: z.number(),
      outputTokens: z.number(),
      /** From sending to the first text that was shown: the wait for the engine and for loading is part of it. */
      firstTokenMs: z.number().nullable(),
      /** Of the tokens after the first, by the engine's clock. */
      tokensPerSecond: z.number().nullable(),
      endedBy: z.enum(['stop', 'length', 'cancelled']),
      /** Null when this computer answered, or nobody was asked. */
      served: servedSchema.nullable(),
    })
    .nullable(),
});

export const themeSchema = z.enum(['system', 'light', 'dark']);

/** Steps of the first minutes that can be skipped and taken up again. */
export const nextStepSchema = z.enum(['model', 'earning']);

/** Number format of keys and values in the context: smaller ones hold more and answer a little differently. */
export const kvTypeSchema = z.enum(['f16', 'q8_0']);

/** A server that answers instead of our own engine; it must run the very model that is current here. */
export const externalServerSchema = z.strictObject({
  /** For example `http://127.0.0.1:11434/v1`. */
  baseUrl: z.string().min(1).max(2048),
  /** The server's own name for the model. */
  model: z.string().min(1).max(512),
});

export const engineSettingsSchema = z.strictObject({
  kvType: kvTypeSchema,
  server: externalServerSchema.nullable(),
});

export const settingsViewSchema = z.strictObject({
  theme: themeSchema,
  /** False until the owner has begun for the first time. */
  hasBegun: z.boolean(),
  skippedSteps: z.array(nextStepSchema),
  earning: z.strictObject({
    /** Whether relays are offered at all; off until the owner turns it on. */
    isOn: z.boolean(),
    presence: presencePolicySchema,
    /** Whether earning goes on by itself when Lull is started after a restart. */
    afterRestart: z.boolean(),
  }),
  /** Whether the system starts Lull when the owner logs in. */
  startsAtLogin: z.boolean(),
  /** Hides amounts and addresses, for screens that others see. */
  isDiscreet: z.boolean(),
  engine: engineSettingsSchema,
  governor: governorSettingsSchema,
});

export const noticeSchema = z.strictObject({
  id: z.string(),
  failure: failureSchema,
});

export const snapshotSchema = z.strictObject({
  /** Grows by one with every patch. */
  version: z.number(),
  app: z.strictObject({ version: z.string(), runtime: z.string(), dataFolder: z.string() }),
  settings: settingsViewSchema,
  setup: setupSchema,
  engine: engineSchema,
  model: z.strictObject({
    current: modelInfoSchema.nullable(),
    known: z.array(modelInfoSchema),
  }),
  models: modelsSchema,
  endpoint: endpointSchema,
  network: networkSchema,
  earnings: earningsSchema,
  status: statusSchema,
  governor: governorSchema,
  wallet: walletSchema,
  doctor: z.strictObject({ checks: z.array(checkSchema), atMs: z.number() }),
  conversations: z.array(conversationSchema),
  notices: z.array(noticeSchema),
});

/** One changed part of the snapshot: the top-level key, and its new value. */
export const patchSchema = z.strictObject({
  version: z.number(),
  changes: snapshotSchema.omit({ version: true }).partial(),
});

export type ModelInfo = Readonly<z.infer<typeof modelInfoSchema>>;
export type SetupStep = Readonly<z.infer<typeof setupStepSchema>>;
export type Setup = Readonly<z.infer<typeof setupSchema>>;
export type BackendName = z.infer<typeof backendNameSchema>;
export type Device = Readonly<z.infer<typeof deviceSchema>>;
export type Candidate = Readonly<z.infer<typeof candidateSchema>>;
export type EngineState = Readonly<z.infer<typeof engineSchema>>;
export type Endpoint = Readonly<z.infer<typeof endpointSchema>>;
export type Conversation = Readonly<z.infer<typeof conversationSchema>>;
export type Message = Readonly<z.infer<typeof messageSchema>>;
export type SettingsView = Readonly<z.infer<typeof settingsViewSchema>>;
export type NextStep = z.infer<typeof nextStepSchema>;
export type ExternalServer = Readonly<z.infer<typeof externalServerSchema>>;
export type EngineSettings = Readonly<z.infer<typeof engineSettingsSchema>>;
export type KvType = z.infer<typeof kvTypeSchema>;
export type Theme = z.infer<typeof themeSchema>;
export type Notice = Readonly<z.infer<typeof noticeSchema>>;
export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>;
export type Patch = Readonly<z.infer<typeof patchSchema>>;
