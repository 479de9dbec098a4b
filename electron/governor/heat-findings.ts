/** What stands against computing on a card: too warm, unseen, or seen by a sensor that cannot be believed. */
import type { CardView, SpotView } from './heat-card.ts';
import type { Finding } from './heat-latches.ts';
import { AGE_MS, PAUSE_MS, PLAUSIBLE, type Spot } from './heat-policy.ts';
import { degrees } from './heat-reading.ts';
import type { Track } from './heat-track.ts';

/** How well the card can be seen. */
export type Sight = 'good' | 'old' | 'asleep' | 'awaited' | 'stale' | 'mute';

const SPOT_WORDS: Readonly<Record<Spot, string>> = {
  die: '',
  junction: 'hottest spot ',
  memory: 'memory ',
};

/** @param whyUnknown what is known about a card that nobody can read */
export function sightOf(view: CardView, whyUnknown: string | null): Sight {
  const { ageMs, answer, isWaking } = view;
  const wasSeen = view.spots.length > 0;
  if (isWaking) return 'awaited';
  const isOver = ageMs >= AGE_MS.stale;
  if (answer === 'asleep' && !isOver) return 'asleep';
  if (answer === 'empty' && (isOver || !wasSeen)) return 'mute';
  if (isOver) {
    const isGone = answer === 'absent' && (!wasSeen || whyUnknown !== null);
    return isGone ? 'mute' : 'stale';
  }
  if (!wasSeen) return 'awaited';
  const late = Math.max(AGE_MS.old, Math.min(AGE_MS.slowest, view.beatMs * AGE_MS.beats));
  return ageMs >= late ? 'old' : 'good';
}

/** @param isAllowed the owner agreed to compute unseen */
export function findUnseen(
  sight: Sight,
  view: CardView,
  whyUnknown: string | null,
  isAllowed: boolean,
): readonly Finding[] {
  const missing = sight === 'mute' && !isAllowed;
  const age = `last temperature ${String(Math.floor(view.ageMs / 1000))} s ago`;
  return [
    simple('arming', sight === 'awaited', 'waiting for the card’s temperature'),
    simple('sensor-missing', missing, whyUnknown ?? 'the card’s driver tells no temperature'),
    simple('sensor-stale', sight === 'stale', age),
  ];
}

export function findLie(tracks: readonly Track[]): Finding {
  const liar = tracks.find(({ suspicion }) => suspicion >= PLAUSIBLE.bad);
  const detail = liar === undefined ? null : `it says ${nameOf(liar.spot, liar.seen.celsius)}`;
  return { ...simple('sensor-lying', liar !== undefined, detail), leastMs: PAUSE_MS.untrue };
}

export function findFrozen(isFrozen: boolean, view: CardView): Finding {
  const [spot] = view.spots;
  const detail = spot === undefined ? null : `stays at ${degrees(spot.celsius)} under load`;
  return { ...simple('sensor-frozen', isFrozen, detail), leastMs: PAUSE_MS.untrue };
}

export function findCritical({ spots }: CardView): Finding {
  const spot = spots.find((one) => one.isSure && one.celsius >= one.limits.critical);
  const detail = spot === undefined ? null : against(spot, spot.limits.critical, 'limit');
  return { ...simple('gpu-critical', spot !== undefined, detail), leastMs: PAUSE_MS.critical };
}

export interface HotFacts {
  /** At the duty floor and too warm for long. */
  readonly isBeyondControl: boolean;
  /** Just begun to watch. */
  readonly isFirstLook: boolean;
  readonly hasCooled: boolean;
  /** Nobody sees how warm it is, and the owner agreed to that. */
  readonly isUnseen: boolean;
}

export function findHot({ spots }: CardView, facts: HotFacts): readonly Finding[] {
  const mayEnd = facts.hasCooled || facts.isUnseen;
  const over = spots.find((spot) => spot.celsius >= spot.limits.pause);
  const warm = spots.find((spot) => spot.celsius > spot.limits.resume);
  const waits = warm === undefined ? null : against(warm, warm.limits.resume, 'goes on at');
  const found = (holds: boolean, leastMs: number, detail: string | null): Finding => ({
    code: 'gpu-hot',
    holds,
    mayEnd,
    leastMs,
    detail,
  });
  const beyond = facts.isBeyondControl ? spots[0] : undefined;
  return [
    found(facts.isFirstLook && warm !== undefined, PAUSE_MS.least, waits),
    found(
      facts.isBeyondControl,
      PAUSE_MS.floor,
      beyond === undefined ? null : against(beyond, beyond.limits.target, 'target'),
    ),
    found(
      over !== undefined,
      PAUSE_MS.hot,
      over === undefined ? null : against(over, over.limits.pause, 'limit'),
    ),
  ];
}

/** A finding that ends by itself. */
export function simple(code: Finding['code'], holds: boolean, detail: string | null): Finding {
  return { code, holds, mayEnd: true, leastMs: PAUSE_MS.least, detail: holds ? detail : null };
}

function against({ spot, celsius }: SpotView, limit: number, word: string): string {
  return `${nameOf(spot, celsius)}, ${word} ${degrees(limit)}`;
}

function nameOf(spot: Spot, celsius: number): string {
  return `${SPOT_WORDS[spot]}${degrees(celsius)}`;
}
