/** Every constant of the governor's decision, as data. */
import type { PresencePolicy } from '../ipc/status.ts';

/** Highest part of the time in which relays may compute: all of it while nobody is there to notice. */
export const DUTY: Readonly<Record<PresencePolicy, number>> = { away: 1, locked: 1, always: 0.5 };
/** What serves at all serves at least so much: less costs more idle watts than it brings. */
export const DUTY_FLOOR = 0.1;
/** After it went down, the duty stays down for so long: otherwise fans and clocks swing. */
export const DUTY_HOLD_MS = 5_000;

/** How long something must have held before relays are taken, in milliseconds. */
export const HOLD_MS = {
  /** Without a key or a mouse move after a blip: somebody passed by, or the table was knocked. */
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

/** Older readings count as unknown. What is read rarely may be older. */
export const STALE_MS = {
  presence: 3_000,
  power: 30_000,
  gpus: 6_000,
  batteryPercent: 60_000,
  isOnUps: 30_000,
  isSavingPower: 60_000,
  isLidShut: 30_000,
  isMetered: 180_000,
  apps: 20_000,
  fullscreen: 10_000,
} as const;

/** The clocks may differ by so much between two decisions; more means that the computer slept. */
export const CLOCK_SLIP_MS = 5_000;
/** Decisions come every six seconds at least; so long without one means that the computer slept or hung. */
export const LONGEST_GAP_MS = 15_000;

/**
 * How often to look: while relays run or the engine is tested, while relays may come, while a card is being looked at,
 * otherwise, and while the owner was here so short a time ago that nothing can begin for longer than `UNHURRIED_MS`.
 * Never while off. A look, the engine's time to stand still and its end together are to take less than half a second.
 */
export const LOOK_MS = {
  computing: 150,
  serving: 250,
  arming: 1_000,
  waiting: 2_000,
  unhurried: 6_000,
} as const;
export const UNHURRIED_MS = 20_000;

/** What an answer may still take when the reason to stop is one that can wait. */
export const GRACE_MS = 10_000;

/** A card is watched for so long before relays come to it; looked at for at most so long, then left to sleep. */
export const ARMING = { forMs: 10_000, atMostMs: 45_000, restMs: 60_000 } as const;

/** Starts so close together lengthen the wait for the next one. */
export const RESTARTS = {
  count: 3,
  withinMs: 900_000,
  factor: 2,
  mostLevels: 10,
  atMostMs: 1_800_000,
  forgottenAfterMs: 7_200_000,
} as const;

/** Input that goes on for so long is no accident: the memory goes back too. */
export const RELEASE_AFTER_MS = 10_000;
/** Free memory of a card below which the owner's programs go short: the smaller of the two. */
export const MEMORY_SHORT = { part: 0.15, bytes: 1_500_000_000 } as const;

/** Load and memory of other programs that count as somebody at work; the second of each pair ends it. */
export const FOREIGN = {
  samples: 2,
  loadPercent: [15, 10],
  moreBytes: [500_000_000, 400_000_000],
} as const;

/**
 * Where a driver does not tell programs apart: how long relays compute before they fall silent, how long after that a
 * sample tells nothing of theirs (it is a mean of up to a second), and how long a silence may last.
 */
export const PROBE = { everyMs: 15_000, settleMs: 1_500, atMostMs: 6_000 } as const;

/** Charge in percent: below the first relays stop, from the second on they start. */
export const CHARGE_PERCENT = [30, 40] as const;
/** Charge that is lost on mains, in points within a time. */
export const WEAK_CHARGER = { points: 2, withinMs: 600_000 } as const;

/** What serving must earn of what it costs, in percent: below the first for so long it stops, from the second on it starts. */
export const EARNS_PERCENT = { stops: 110, starts: 130, forMs: 900_000 } as const;

/** Quiet hours, in minutes of the day. */
export const NIGHT = { fromMinute: 1_320, toMinute: 420 } as const;
export const MINUTES_OF_DAY = 1_440;

/** The computer is kept awake for so long after the last relay. */
export const AWAKE_AFTER_MS = 30_000;
