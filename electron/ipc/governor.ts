/** What the window shows of the governor beside the status, and what its owner can set. */
import { z } from 'zod';
import { REASON_CODES } from './status.ts';

const percent = z.number().min(0).max(100);
/** Minutes after midnight, local time. */
const minute = z.int().min(0).max(1440);
/** Millionths of the owner's currency. */
const micros = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const appName = z.string().trim().min(1).max(100);

/** From a minute of the day to another, over midnight when the second is the smaller one. */
const spanSchema = z.strictObject({ fromMinute: minute, toMinute: minute });

export const governorSettingsSchema = z.strictObject({
  /** Without a key or a mouse move for so long, the owner is away. */
  startAfterSeconds: z.literal([60, 180, 300, 600]),
  /** Temperature that serving holds, in degrees Celsius; null takes what suits the card. */
  targetCelsius: z.int().min(50).max(90).nullable(),
  /** Cooler and slower between 22 and 7 o'clock, for quiet fans. */
  isQuietAtNight: z.boolean(),
  /** Serves, at half speed, on a card whose temperature cannot be read. Never on a laptop. */
  servesWithoutHeat: z.boolean(),
  /** Programs for which relays stop while they run. */
  games: z.array(appName).max(50),
  /** Programs that may run beside relays, whatever they look like. */
  allowedApps: z.array(appName).max(50),
  /** The only hours to serve in; null is any time. */
  hours: spanSchema.nullable(),
  servesOnMetered: z.boolean(),
  /** Keeps a desktop computer from sleeping while there is paid work. */
  keepsAwake: z.boolean(),
  /** Of the card, in watts, while serving; needs rights that Lull may not have. */
  powerLimitWatts: z.int().min(30).max(2000).nullable(),
  tariff: z
    .strictObject({
      /** ISO 4217. */
      currency: z.string().regex(/^[A-Z]{3}$/),
      microsPerKwh: micros,
      /** Cheaper hours, where the tariff has some. */
      cheap: spanSchema.extend({ microsPerKwh: micros }).nullable(),
    })
    .nullable(),
  /** What one whole coin of the network is worth to the owner; null while nobody can say, as in practice. */
  microsPerCoin: micros.nullable(),
  /** Drawn by the whole computer, as a meter at the plug says; null uses what the card reports. */
  measuredWatts: z
    .strictObject({ idle: z.int().min(0).max(5000), serving: z.int().min(1).max(5000) })
    .nullable(),
  stopsBelowBreakEven: z.boolean(),
});

/** Readings while relays may run; older ones are not kept. */
export const liveSchema = z.strictObject({
  atMs: z.number(),
  /** Whose temperature it is: the card's name, or the processor. */
  device: z.string(),
  celsius: z.number().nullable(),
  targetCelsius: z.number().nullable(),
  pauseCelsius: z.number().nullable(),
  watts: z.number().nullable(),
  /** `measured` by the card, or as the owner gave them. */
  wattsFrom: z.enum(['measured', 'owner']).nullable(),
  loadPercent: percent.nullable(),
  memoryUsedBytes: z.number().nullable(),
  memoryTotalBytes: z.number().nullable(),
  batteryPercent: percent.nullable(),
});

/** What a stretch of time was: relays computing, ready without work, a reason, or nobody there to decide. */
export const STRETCH_CODES = ['serving', 'ready', 'asleep', 'app-closed', ...REASON_CODES] as const;

export const stretchSchema = z.strictObject({
  /** Grows; its own name in the ledger. */
  id: z.number(),
  fromMs: z.number(),
  /** Null for the one that lasts. */
  toMs: z.number().nullable(),
  code: z.enum(STRETCH_CODES),
  /** What exactly: the program's name, the temperature and its limit. */
  detail: z.string().nullable(),
  /** What else stood in the way at any time of it. */
  also: z.array(z.enum(REASON_CODES)),
  /** When it was expected to end, as it was first told. */
  expectedMs: z.number().nullable(),
  /** Output tokens that the hours before let expect for this time; null for none, or nobody knows. */
  missedTokens: z.number().nullable(),
  /** The same in the coin's smallest unit. */
  missedAmount: z.bigint().nullable(),
});

export const giveBackSchema = z.strictObject({
  id: z.number(),
  atMs: z.number(),
  cause: z.enum(REASON_CODES),
  /** From the stimulus to the decision, to the last own computing, to the memory free again, in milliseconds. */
  decidedAfterMs: z.number(),
  stoppedAfterMs: z.number().nullable(),
  /** Null when the model stayed in memory. */
  releasedAfterMs: z.number().nullable(),
});

/** Earned in the coin's smallest unit; the rest in millionths of the currency. Net is null without a worth. */
export const balanceSchema = z.strictObject({
  earned: z.bigint(),
  electricityMicros: z.bigint().nullable(),
  netMicros: z.bigint().nullable(),
  /** The true net lies within so much of it. */
  uncertaintyMicros: z.bigint().nullable(),
});

export const moneySchema = z.strictObject({
  currency: z.string().nullable(),
  /** Of the last hour, 24 hours and 30 days. */
  hour: balanceSchema,
  day: balanceSchema,
  month: balanceSchema,
  /** Cost of electricity per 1,000,000 output tokens at the speed reached; null while unknown. */
  costMicrosPerMillionTokens: z.bigint().nullable(),
  /** What keeping this computer awake costs in a month; null while unknown. */
  awakeMicrosPerMonth: z.bigint().nullable(),
  /** Price per 1,000,000 CU, in the coin's smallest unit, below which serving is not worth its electricity. */
  floorPerMillionCu: z.bigint().nullable(),
});

export const selfTestSchema = z.strictObject({
  state: z.enum(['none', 'running', 'passed', 'failed']),
  atMs: z.number().nullable(),
  /** One plain sentence: what was found. */
  detail: z.string().nullable(),
});

export const governorSchema = z.strictObject({
  live: liveSchema.nullable(),
  /** Of the last 24 hours, without a gap, the oldest first. */
  day: z.array(stretchSchema),
  /** The newest first, at most 20. */
  giveBacks: z.array(giveBackSchema),
  money: moneySchema,
  selfTest: selfTestSchema,
  /** Why the card's power limit is not what its owner asked for; null when it is. */
  powerRefusal: z.string().nullable(),
});

/** One reading, for a person who asks. */
export const sensorLineSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  /** Null when it is not known. */
  value: z.string().nullable(),
  /** Where it comes from, or why there is nothing. */
  source: z.string(),
  ageMs: z.number().nullable(),
});

export const DEFAULT_GOVERNOR_SETTINGS: GovernorSettings = {
  startAfterSeconds: 300,
  targetCelsius: null,
  isQuietAtNight: false,
  servesWithoutHeat: false,
  games: [],
  allowedApps: [],
  hours: null,
  servesOnMetered: false,
  keepsAwake: false,
  powerLimitWatts: null,
  tariff: null,
  microsPerCoin: null,
  measuredWatts: null,
  stopsBelowBreakEven: true,
};

export type GovernorSettings = Readonly<z.infer<typeof governorSettingsSchema>>;
export type Live = Readonly<z.infer<typeof liveSchema>>;
export type StretchCode = (typeof STRETCH_CODES)[number];
export type Stretch = Readonly<z.infer<typeof stretchSchema>>;
export type GiveBack = Readonly<z.infer<typeof giveBackSchema>>;
export type Balance = Readonly<z.infer<typeof balanceSchema>>;
export type Money = Readonly<z.infer<typeof moneySchema>>;
export type SelfTest = Readonly<z.infer<typeof selfTestSchema>>;
export type GovernorView = Readonly<z.infer<typeof governorSchema>>;
export type SensorLine = Readonly<z.infer<typeof sensorLineSchema>>;
