/** What main and the sensors' process say to each other. */
import { z } from 'zod';
import type { MachineKey, MachineValues } from '../sensors.ts';

const MAX_TEXT_LENGTH = 400;
const MAX_ITEMS = 64;
const NAMELESS = '?';

const text = z.string().max(MAX_TEXT_LENGTH);
const percent = z.number().min(0).max(100);
/** What no sensor of a living computer shows; what reads so is a fault on the way, and judged elsewhere. */
const celsius = z.number().min(-300).max(1_000);
const bytes = z.number().min(0);

const gpuSchema = z.strictObject({
  id: text,
  name: text,
  vendor: z.enum(['nvidia', 'amd', 'intel', 'apple', 'unknown']),
  state: z.enum(['asleep', 'lost']).optional(),
  celsius: celsius.nullable(),
  junctionCelsius: celsius.nullable(),
  memoryCelsius: celsius.nullable(),
  slowdownCelsius: celsius.nullable(),
  shutdownCelsius: celsius.nullable(),
  throttle: z.array(z.enum(['thermal', 'power-brake'])).max(2),
  watts: z.number().min(0).nullable(),
  loadPercent: percent.nullable(),
  memoryUsedBytes: bytes.nullable(),
  memoryTotalBytes: bytes.nullable(),
  foreignLoadPercent: percent.nullable(),
  foreignMemoryBytes: bytes.nullable(),
  foreignApp: text.nullable(),
});

const valueSchemas = {
  power: z.enum(['mains', 'battery']),
  batteryPercent: percent,
  batteryCelsius: celsius,
  isOnUps: z.boolean(),
  isSavingPower: z.boolean(),
  isLidShut: z.boolean(),
  isMetered: z.boolean(),
  gpus: z.array(gpuSchema).max(MAX_ITEMS),
  cpuCelsius: celsius,
  cpuLimitCelsius: celsius,
  thermalState: z.enum(['nominal', 'fair', 'serious', 'critical']),
  cpuSpeedPercent: percent,
  apps: z.array(z.strictObject({ name: text, by: z.enum(['list', 'mark']) })).max(MAX_ITEMS),
  fullscreen: text,
  sessionIdleMs: z.number().min(0),
} satisfies { readonly [Key in MachineKey]: z.ZodType<MachineValues[Key]> };

export const MACHINE_KEYS = Object.keys(valueSchemas).filter(isMachineKey);

/** One part each: a value with its origin and age, why it is not known, or neither for what does not exist here. */
const entriesSchema = z.strictObject({
  values: z.strictObject(valueSchemas).partial(),
  /** For each value. */
  origins: z.partialRecord(
    z.enum(MACHINE_KEYS),
    z.strictObject({ source: text, ageMs: z.number().min(0) }),
  ),
  unknown: z.partialRecord(z.enum(MACHINE_KEYS), text),
});

const wishSchema = z.strictObject({
  everyMs: z.number().min(50),
  withGpu: z.boolean(),
  games: z.array(z.string()),
  ownPids: z.array(z.number()),
});

/** How the sensors' process finds the system; given to it as its one argument. */
export const sensorsConfigSchema = z.strictObject({
  sysRoot: z.string(),
  procRoot: z.string(),
  devRoot: z.string(),
  /** The owner's folder, where game launchers keep their notes. */
  home: z.string(),
  systemBus: z.string().nullable(),
  sessionBus: z.string().nullable(),
  /** The socket of the Wayland compositor; null where there is none. */
  waylandSocket: z.string().nullable(),
  /** Of the X server, such as `:0`; null where there is none. */
  display: z.string().nullable(),
  isWayland: z.boolean(),
  /** The process that Lull's own windows belong to. */
  windowPid: z.int(),
  /** Whether the idle time is wanted from the session, because Electron's cannot be believed. */
  asksSessionIdle: z.boolean(),
});

export const toSensorsSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('watch'), wish: wishSchema, number: z.int() }),
  /** Let go of everything and end. */
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('pulse') }),
]);

export const fromSensorsSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('readings'),
    ...entriesSchema.shape,
    /** Parts that were known or unknown before and are neither now. */
    absent: z.array(z.enum(MACHINE_KEYS)),
    /** Of the wish that it answers. */
    wishNumber: z.int(),
    /** Whether every reader that the wish lets be asked has answered or is late. */
    isComplete: z.boolean(),
  }),
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({
    type: z.literal('note'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: text,
    details: text,
  }),
]);

export type SensorsConfig = Readonly<z.infer<typeof sensorsConfigSchema>>;
export type ToSensors = z.infer<typeof toSensorsSchema>;
export type FromSensors = z.infer<typeof fromSensorsSchema>;
export type ReadingsMessage = Extract<FromSensors, { type: 'readings' }>;

function isMachineKey(key: string): key is MachineKey {
  return key in valueSchemas;
}

/** What moves the cursor, turns the direction of writing or is half a character: no name needs it. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** For texts that come from the system and go into a message. A name of nothing printable stays a name. */
export function clip(value: string): string {
  // Cut first: a name may be as long as whoever gave it likes.
  const printable = value.slice(0, MAX_TEXT_LENGTH).replace(UNPRINTABLE, ' ').trim();
  return printable === '' && value !== '' ? NAMELESS : printable;
}

/**
 * @returns the value as a message may hold it, its texts clipped and its lists cut; undefined when it is none that this
 * part could have: one broken sensor must not make the whole message nonsense
 */
export function sendable(key: MachineKey, value: unknown): unknown {
  return valueSchemas[key].safeParse(tidy(value)).data;
}

function tidy(value: unknown): unknown {
  if (typeof value === 'string') return clip(value);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, tidy(part)]));
}
