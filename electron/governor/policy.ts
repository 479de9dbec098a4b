/** Every constant of the governor, as data. */
import type { PresencePolicy, ReasonCode } from '../ipc/status.ts';

/** Part of the time in which relays may compute: all of it while nobody is there to notice. */
export const DUTY: Readonly<Record<PresencePolicy, number>> = { away: 1, locked: 1, always: 0.5 };

/** How long something must have held before relays are taken, in milliseconds. */
export const HOLD_MS = {
  /** Without a key or a mouse move, before the owner counts as away. */
  idle: 300_000,
  /** The same after a blip: somebody passed by, or the table was knocked. */
  idleAfterBlip: 120_000,
  /** The same while the session is locked, which says more than idleness does. */
  idleLocked: 30_000,
  locked: 30_000,
  /** Back on mains: plugs that are being moved flap. */
  mains: 30_000,
  /** After sleep: the owner woke the computer for a reason, and drivers need a moment. */
  awake: 60_000,
} as const;

/** Input that is over within so long is a blip. */
export const BLIP_MS = 5_000;
/** Sources count whole seconds, so an input that seems newer by no more than this is the same one. */
export const SAME_INPUT_MS = 1_000;

/** Older readings count as unknown. */
export const STALE_MS = { presence: 3_000, power: 30_000 } as const;

/** The clocks may differ by so much between two decisions; more means that the computer slept. */
export const CLOCK_SLIP_MS = 5_000;
/** Decisions come every two seconds; so long without one means that the computer slept or hung. */
export const LONGEST_GAP_MS = 15_000;

/** How often to look: while relays may run, and otherwise. Never while earning is off. */
export const LOOK_MS = { serving: 250, waiting: 2_000 } as const;

/** What an answer may still take when the power is gone. */
export const POWER_GRACE_MS = 10_000;

/**
 * What becomes of relays under way: `finish` lets them end, `grace` for `POWER_GRACE_MS`, and `at-once` takes the
 * machine from them now, because it belongs to somebody who is there.
 */
export const ENDING: Readonly<Record<ReasonCode, 'finish' | 'grace' | 'at-once'>> = {
  'earning-off': 'finish',
  snoozed: 'finish',
  suspended: 'at-once',
  'no-model': 'finish',
  'engine-failed': 'finish',
  preparing: 'finish',
  'network-failed': 'finish',
  'network-starting': 'finish',
  'presence-unknown': 'at-once',
  'owner-active': 'at-once',
  'not-locked': 'at-once',
  'power-unknown': 'grace',
  'on-battery': 'grace',
};
