/** What each reason does to relays under way, to the engine's memory, and how long it outlives its cause. */
import type { ReasonCode } from '../ipc/status.ts';
import { HOLD_MS, WEAK_CHARGER } from './policy.ts';

/**
 * What becomes of relays under way: `finish` lets them end, `grace` for `GRACE_MS`, and `at-once` takes the
 * machine from them now, because it belongs to somebody who is there or is not safe.
 */
export const ENDING: Readonly<Record<ReasonCode, 'finish' | 'grace' | 'at-once'>> = {
  'earning-off': 'finish',
  snoozed: 'finish',
  suspended: 'at-once',
  'lid-shut': 'at-once',
  'gpu-lost': 'at-once',
  'gpu-critical': 'at-once',
  'no-model': 'finish',
  'engine-failed': 'finish',
  'self-test-failed': 'at-once',
  preparing: 'finish',
  'network-failed': 'finish',
  'network-starting': 'finish',
  'sensor-missing': 'at-once',
  'sensor-stale': 'at-once',
  'sensor-frozen': 'at-once',
  'sensor-lying': 'at-once',
  'presence-unknown': 'at-once',
  'power-unknown': 'grace',
  game: 'at-once',
  'exclusive-app': 'at-once',
  fullscreen: 'at-once',
  'other-gpu-app': 'at-once',
  'owner-active': 'at-once',
  'not-locked': 'at-once',
  'on-battery': 'grace',
  'on-ups': 'grace',
  'charge-low': 'grace',
  'charger-too-weak': 'grace',
  'power-saver': 'grace',
  'gpu-hot': 'at-once',
  'gpu-throttled': 'at-once',
  'cpu-hot': 'grace',
  'battery-hot': 'grace',
  'system-hot': 'grace',
  schedule: 'grace',
  unprofitable: 'grace',
  metered: 'grace',
  'memory-short': 'grace',
  restarting: 'finish',
  arming: 'finish',
};

/**
 * When the engine's process goes: `at-once` with the reason itself, `after-a-while` once it has gone on for
 * `RELEASE_AFTER_MS` or the card's memory is short. A reason that is not here leaves the model where it is.
 */
export const RELEASING: Readonly<Partial<Record<ReasonCode, 'at-once' | 'after-a-while'>>> = {
  suspended: 'at-once',
  'lid-shut': 'at-once',
  'gpu-lost': 'at-once',
  'gpu-critical': 'at-once',
  game: 'at-once',
  'exclusive-app': 'at-once',
  fullscreen: 'at-once',
  'other-gpu-app': 'at-once',
  'presence-unknown': 'after-a-while',
  'owner-active': 'after-a-while',
  'not-locked': 'after-a-while',
};

/** For these even the owner's own engine goes: nothing may compute now. */
export const RELEASES_OWNERS: readonly ReasonCode[] = ['suspended', 'gpu-critical'];

/** How long a reason goes on after its cause, in milliseconds. */
export const CLEAR_MS = {
  'lid-shut': HOLD_MS.awake,
  /** A game that loads its next part looks as if it had ended. */
  game: 60_000,
  'exclusive-app': 60_000,
  fullscreen: 60_000,
  'other-gpu-app': 60_000,
  'on-ups': HOLD_MS.mains,
  'charge-low': 0,
  'charger-too-weak': WEAK_CHARGER.withinMs,
  'power-saver': HOLD_MS.mains,
  metered: HOLD_MS.mains,
  unprofitable: 0,
} as const satisfies Partial<Record<ReasonCode, number>>;

export type LatchCode = keyof typeof CLEAR_MS;
