/** Models that can be had: the catalogue, what is being fetched, how each would run here, and the disk they take. */
import { z } from 'zod';
import { failureSchema } from './result.ts';

/** How a model would run on this computer. */
export const fitSchema = z.strictObject({
  /**
   * `fits`: all of it on the device that is used, with room; `tight`: all of it, with little room; `partly`: some
   * layers stay on the processor; `too-large`: it cannot be loaded.
   */
  verdict: z.enum(['fits', 'tight', 'partly', 'too-large']),
  /** One sentence with the numbers behind the verdict. */
  why: z.string(),
  /** Expected for one answer; null before this computer was calibrated. */
  tokensPerSecond: z.number().nullable(),
  /** Whether `tokensPerSecond` was measured with this very file and not predicted. */
  isMeasured: z.boolean(),
});

export const downloadSchema = z.strictObject({
  /** `waiting`: another one is being fetched; `verifying`: every byte is here and is being hashed. */
  state: z.enum(['waiting', 'running', 'paused', 'verifying', 'failed']),
  doneBytes: z.number(),
  totalBytes: z.number(),
  /** Null while it is not known. */
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Host it comes from. */
  from: z.string().nullable(),
  failure: failureSchema.nullable(),
});

export const offeredModelSchema = z.strictObject({
  /** Of the catalogue, `found:` and a digest for one found by name, or `copy:` for a file being imported. */
  id: z.string(),
  name: z.string(),
  parameterCount: z.number().nullable(),
  quantisation: z.string().nullable(),
  licence: z.string().nullable(),
  contextTokens: z.number().nullable(),
  sizeBytes: z.number(),
  /** Memory for weights and one useful context. */
  memoryBytes: z.number(),
  /** Why it is in the catalogue; for a found one, who publishes it. */
  why: z.string(),
  isRecommended: z.boolean(),
  /** Why it is recommended for this computer; null for all others. */
  recommendation: z.string().nullable(),
  fit: fitSchema,
  download: downloadSchema.nullable(),
  /** The model's id in `model.known` once its file is here and verified. */
  modelId: z.string().nullable(),
});

export const foundFileSchema = z.strictObject({
  id: z.string(),
  repository: z.string(),
  fileName: z.string(),
  sizeBytes: z.number(),
  quantisation: z.string().nullable(),
  licence: z.string().nullable(),
  /** Downloads of the repository, as the hub counts. */
  downloads: z.number().nullable(),
  fit: fitSchema,
});

export const calibrationSchema = z.strictObject({
  state: z.enum(['none', 'running', 'done', 'failed']),
  /** 0 to 1. */
  progress: z.number().nullable(),
  modelName: z.string().nullable(),
  promptTokensPerSecond: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** Of four answers written at the same time, together. */
  fourTokensPerSecond: z.number().nullable(),
  failure: failureSchema.nullable(),
});

/** Binaries that few computers can use, and that are fetched only where they can be. */
export const packSchema = z.strictObject({
  /** `pack:` and a name; `models.download`, `models.pause` and `models.remove` take it. */
  id: z.string(),
  title: z.string(),
  /** What is fetched. */
  sizeBytes: z.number(),
  /** `verifying`: everything is here and is being checked and unpacked. */
  state: z.enum(['absent', 'waiting', 'running', 'paused', 'verifying', 'installed', 'failed']),
  /** Null where nothing is on its way and nothing has failed. */
  download: downloadSchema.nullable(),
  /** Whether this computer could use it. */
  isOffered: z.boolean(),
  /** One sentence: what it brings, why it is not offered, or what the test of it found. */
  why: z.string(),
});

export const modelsSchema = z.strictObject({
  offered: z.array(offeredModelSchema),
  /** The file of `model.known` entries: how each runs here, by id. */
  fits: z.record(z.string(), fitSchema),
  /** Those made for a computer of this kind; none where there are none. */
  packs: z.array(packSchema),
  calibration: calibrationSchema,
  disk: z.strictObject({
    folder: z.string(),
    /** What downloaded models and unfinished downloads take. */
    usedBytes: z.number(),
    freeBytes: z.number(),
    /** Files in the folder that belong to no model on the list. */
    leftovers: z.array(z.strictObject({ name: z.string(), sizeBytes: z.number() })),
  }),
  /** Null for no limit. */
  limitBytesPerSecond: z.number().nullable(),
  /** Why the catalogue is not there; null when it is. */
  failure: failureSchema.nullable(),
});

export type Fit = Readonly<z.infer<typeof fitSchema>>;
export type Download = Readonly<z.infer<typeof downloadSchema>>;
export type OfferedModel = Readonly<z.infer<typeof offeredModelSchema>>;
export type FoundFile = Readonly<z.infer<typeof foundFileSchema>>;
export type Pack = Readonly<z.infer<typeof packSchema>>;
export type Calibration = Readonly<z.infer<typeof calibrationSchema>>;
export type Models = Readonly<z.infer<typeof modelsSchema>>;
