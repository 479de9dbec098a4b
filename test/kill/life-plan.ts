/** What the harness tells a life to do, and what the life tells back; each side checks what it receives. */
import { z } from 'zod';
import { CHAIN_STEPS, MAIN_STEPS, SIGNER_STEPS } from './steps.ts';

const occurrence = z.int().min(1);

/** At which step, and when it is reached for which time. */
const deathSchema = z.strictObject({ step: z.enum(MAIN_STEPS), occurrence }).readonly();
const signerDeathSchema = z.strictObject({ step: z.enum(SIGNER_STEPS), occurrence }).readonly();
const chainDeathSchema = z
  .strictObject({
    step: z.enum(CHAIN_STEPS),
    occurrence,
    /** Whether main dies in the same moment, as when the power goes. */
    withMain: z.boolean(),
    killsFile: z.string(),
  })
  .readonly();

export const lifePlanSchema = z
  .strictObject({
    folder: z.string(),
    seed: z.int(),
    link: z.enum(['memory', 'edges']),
    /** First settles everything that was left behind, and checks it all. */
    settles: z.boolean(),
    /** Ledger lines up to these numbers had their receipts verified before. */
    verified: z.tuple([z.int(), z.int()]).readonly(),
    /** Relays are asked for in so many groups; none for a life that only settles. */
    groups: z.int().min(0),
    death: deathSchema.nullable(),
    /** Whether death may come while things are brought up, and not only once they run. */
    diesEarly: z.boolean(),
    chainDeath: chainDeathSchema.nullable(),
    /** Of one signer, once relays run. */
    signerDeath: signerDeathSchema.nullable(),
  })
  .readonly();

/** Sums over both directions; amounts in token units as decimal digits. */
const factsSchema = z
  .strictObject({
    sessions: z.int(),
    asked: z.int(),
    receipts: z.int(),
    void: z.int(),
    /** Receipts that found what was kept for them, and that gave back what was not. */
    keptFound: z.int(),
    givenBack: z.int(),
    charged: z.string(),
    redemptions: z.int(),
    verified: z.tuple([z.int(), z.int()]).readonly(),
  })
  .readonly();

export const fromLifeSchema = z.discriminatedUnion('type', [
  /** Its code is there; it waits for a plan. */
  z.strictObject({ type: z.literal('loaded') }),
  /** Relays run from here on. */
  z.strictObject({ type: z.literal('working'), chainPid: z.int().nullable() }),
  z.strictObject({
    type: z.literal('checked'),
    faults: z.array(z.string()).readonly(),
    facts: factsSchema,
  }),
  z.strictObject({ type: z.literal('done') }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
]);

export type Death = z.infer<typeof deathSchema>;
export type SignerDeath = z.infer<typeof signerDeathSchema>;
export type ChainDeath = z.infer<typeof chainDeathSchema>;
export type LifePlan = z.infer<typeof lifePlanSchema>;
export type Facts = z.infer<typeof factsSchema>;
export type FromLife = z.infer<typeof fromLifeSchema>;

/** The environment variable that carries a `ChainDeath` to the chain process. */
export const CHAIN_DEATH_VARIABLE = 'LULL_KILL_CHAIN';

export function readChainDeath(text: string | undefined): ChainDeath | null {
  return text === undefined ? null : chainDeathSchema.parse(JSON.parse(text));
}

/** Files that outlive a life, in its folder. */
export const LIFE_FILES = {
  /** The step at which it died, written in its last moment. */
  kills: 'kills.log',
  /** Every process that it started. */
  pids: 'pids.log',
  /** Every answer that the engine began. */
  engine: 'engine.log',
  /** Every receipt that was handed to whoever asked. */
  delivered: 'delivered.log',
  /** What left a node. */
  witness: 'witness.log',
  /** What both nodes logged. */
  log: 'lives.log',
  /** What they logged as an error: a killed process explains none. */
  errors: 'errors.log',
} as const;
