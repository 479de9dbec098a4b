/** Starts that follow too close upon each other make the next one wait longer. */
import type { PresencePolicy, Status } from '../ipc/status.ts';
import { ARMING, HOLD_MS, RESTARTS } from './policy.ts';
import { ENDING } from './policy-codes.ts';
import { veto, type Veto } from './vetoes.ts';

/** Plain data; times are on the monotonic clock. */
export interface Restarts {
  readonly startsMs: readonly number[];
  /** How often the wait was lengthened. */
  readonly level: number;
  readonly levelMs: number;
  /** When the machine was last taken back; null while it serves, or when something gentler ended that. */
  readonly stoppedMs: number | null;
  /** The last stop let relays finish: what follows is no flapping. */
  readonly wasGentle: boolean;
}

export const NO_RESTARTS: Restarts = {
  startsMs: [],
  level: 0,
  levelMs: 0,
  stoppedMs: null,
  wasGentle: false,
};

/** @returns what is left of it now; a clock that was turned back keeps nothing shorter than it was */
export function ageRestarts(before: Restarts, nowMs: number, isAwakeAgain: boolean): Restarts {
  const isForgotten = nowMs - before.levelMs >= RESTARTS.forgottenAfterMs;
  return {
    startsMs: before.startsMs
      .map((atMs) => Math.min(atMs, nowMs))
      .filter((atMs) => nowMs - atMs < RESTARTS.withinMs),
    level: isForgotten ? 0 : before.level,
    levelMs: Math.min(before.levelMs, nowMs),
    stoppedMs: before.stoppedMs !== null && isAwakeAgain ? nowMs : before.stoppedMs,
    wasGentle: before.wasGentle,
  };
}

/** What a start usually takes, under each policy. */
export function usualDelayMs(
  policy: PresencePolicy,
  startAfterMs: number,
  device: 'cpu' | 'gpu',
): number {
  if (policy === 'away') return startAfterMs;
  if (policy === 'locked') return HOLD_MS.locked;
  return device === 'gpu' ? ARMING.forMs : 0;
}

export function restartVetoes(
  { level, stoppedMs }: Restarts,
  usualMs: number,
  nowMs: number,
): Veto[] {
  if (level === 0 || stoppedMs === null) return [];
  const delayMs = Math.min(usualMs * RESTARTS.factor ** level, RESTARTS.atMostMs);
  const untilMs = stoppedMs + delayMs;
  return nowMs >= untilMs ? [] : [veto('restarting', untilMs)];
}

/** After each decision. */
export function countRestarts(
  aged: Restarts,
  before: Status['mode'],
  after: Status['mode'],
  vetoes: readonly Veto[],
  nowMs: number,
): Restarts {
  if (before === 'serving' && after !== 'serving') {
    const wasGentle = vetoes.every(({ code }) => ENDING[code] === 'finish');
    return { ...aged, wasGentle, stoppedMs: wasGentle ? null : nowMs };
  }
  if (before === 'serving' || after !== 'serving') return aged;
  if (aged.wasGentle) return { ...aged, wasGentle: false };
  const startsMs = [...aged.startsMs, nowMs].slice(-RESTARTS.count);
  const isOften = startsMs.length >= RESTARTS.count;
  return {
    ...aged,
    // Counted once: the longer wait is not what makes the next one longer.
    startsMs: isOften ? [] : startsMs,
    level: isOften ? Math.min(aged.level + 1, RESTARTS.mostLevels) : aged.level,
    levelMs: isOften ? nowMs : aged.levelMs,
    stoppedMs: null,
  };
}
