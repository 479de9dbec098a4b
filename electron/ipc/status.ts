/** Whether this computer serves relays just now, why not, and until when: what the governor tells the window. */
import { z } from 'zod';

/** When relays are served: once the owner is away, while the session is locked, or always (at half speed). */
export const presencePolicySchema = z.enum(['away', 'locked', 'always']);

/** Why nothing is served, the worst first: the order in which the window and the tray name them. */
export const REASON_CODES = [
  'earning-off',
  'snoozed',
  'suspended',
  'lid-shut',
  'gpu-lost',
  'gpu-critical',
  'no-model',
  'engine-failed',
  'self-test-failed',
  'preparing',
  'network-failed',
  'network-starting',
  'sensor-missing',
  'sensor-stale',
  'sensor-frozen',
  'sensor-lying',
  'presence-unknown',
  'power-unknown',
  'game',
  'exclusive-app',
  'fullscreen',
  'other-gpu-app',
  'owner-active',
  'not-locked',
  'on-battery',
  'on-ups',
  'charge-low',
  'charger-too-weak',
  'power-saver',
  'gpu-hot',
  'gpu-throttled',
  'cpu-hot',
  'battery-hot',
  'system-hot',
  'schedule',
  'unprofitable',
  'metered',
  'memory-short',
  'restarting',
  'arming',
] as const;

/** Detail of a reason while the sensors have only just been started: no fault of anything. */
export const NOT_READ_YET = 'the sensors have not been read yet';
/** Detail of `preparing` when all that is missing is the self-test. */
export const TO_BE_TESTED = 'testing';

/** What holds the duty where it is; `full` when nothing does. */
export const DUTY_CAUSES = [
  'full',
  /** Somebody may be at work here. */
  'policy',
  /** Begins gently until the card's temperature is known. */
  'warm-up',
  /** Holds the target temperature. */
  'heat',
  /** The card has slowed itself down. */
  'card',
  /** The system says that it is warm. */
  'system',
  /** No temperature can be read, or the last one is old. */
  'unseen-heat',
  'quiet-night',
] as const;

export const reasonSchema = z.strictObject({
  code: z.enum(REASON_CODES),
  /** When it may be over, in Unix milliseconds; null when that depends on what somebody does. */
  untilMs: z.number().nullable(),
  /** What exactly, for a person: a source that cannot be read, for example. */
  detail: z.string().nullable(),
});

export const statusSchema = z.strictObject({
  /** `draining`: takes no relay any more and ends those under way. */
  mode: z.enum(['off', 'waiting', 'serving', 'draining']),
  policy: presencePolicySchema,
  /** Who chose the policy: the owner in Settings, the command line, or *Try earning* for a number of relays. */
  chosenBy: z.enum(['owner', 'command-line', 'trial']),
  /** Of *Try earning*; null without one. */
  trialRelaysLeft: z.number().nullable(),
  /** Part of the time in which relays may use the engine, 0 to 1; 0 when not serving. */
  duty: z.number(),
  /** Null when not serving. */
  dutyCause: z.enum(DUTY_CAUSES).nullable(),
  /** Every one that holds, the worst first; none while serving. */
  reasons: z.array(reasonSchema),
  sinceMs: z.number(),
  relaysInFlight: z.number(),
});

export type PresencePolicy = z.infer<typeof presencePolicySchema>;
export type DutyCause = (typeof DUTY_CAUSES)[number];
export type ReasonCode = (typeof REASON_CODES)[number];
export type Reason = Readonly<z.infer<typeof reasonSchema>>;
export type Status = Readonly<z.infer<typeof statusSchema>>;
