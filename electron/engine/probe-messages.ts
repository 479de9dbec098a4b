/** What main and a probe process say to each other. */
import { z } from 'zod';
import { backendNameSchema, deviceSchema } from '../ipc/snapshot.ts';

const count = z.number().int().nonnegative();

export const probeTaskSchema = z.strictObject({
  backend: backendNameSchema,
  modelPath: z.string().min(1),
  turns: z
    .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), text: z.string() }))
    .min(1)
    .readonly(),
  /** Where to stop an answer that goes on longer than the expected one. */
  answerTokens: count,
});

export const measurementSchema = z.strictObject({
  layersOffloaded: count,
  layersTotal: count,
  answer: z.array(count).readonly(),
  tokensPerSecond: z.number(),
  /** The count of threads that was found best; null when a device did the work. */
  threads: z.number().int().positive().nullable(),
});

/** Main to probe. */
export const toProbeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({ type: z.literal('probe'), task: probeTaskSchema }),
]);

/** Probe to main, in this order; after `failed` nothing follows. */
export const fromProbeSchema = z.discriminatedUnion('type', [
  /** `included` is false when this build has no binaries for the backend; then nothing follows. */
  z.strictObject({ type: z.literal('opened'), included: z.boolean(), devices: count }),
  z.strictObject({ type: z.literal('device'), device: deviceSchema }),
  z.strictObject({ type: z.literal('threads'), threads: z.number().int().positive() }),
  z.strictObject({ type: z.literal('measured'), measurement: measurementSchema }),
  z.strictObject({ type: z.literal('failed'), details: z.string() }),
]);

export type ProbeTask = Readonly<z.infer<typeof probeTaskSchema>>;
export type Measurement = Readonly<z.infer<typeof measurementSchema>>;
export type ToProbe = Readonly<z.infer<typeof toProbeSchema>>;
export type FromProbe = Readonly<z.infer<typeof fromProbeSchema>>;
