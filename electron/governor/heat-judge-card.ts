/** Judges the card that computes: what stands against it, and what it still leaves of the duty. */
import type { HeatConfig, HeatInput } from './heat.ts';
import { viewCard, watchCard, type CardView, type CardWatch } from './heat-card.ts';
import { spareOf, type DutyLimit } from './heat-duty.ts';
import {
  findCritical,
  findFrozen,
  findHot,
  findLie,
  findUnseen,
  sightOf,
  simple,
  type Sight,
} from './heat-findings.ts';
import type { Finding } from './heat-latches.ts';
import { limitsOf } from './heat-limits.ts';
import { AGE_MS, DUTY_LIMITS, DWELL_MS, FLOOR_DEGREES, PAUSE_MS } from './heat-policy.ts';
import { isFrozen, NO_PROOF, prove, type Proof } from './heat-proof.ts';
import { freshOf, hasHeld, sinceOf } from './heat-reading.ts';
import { NO_THROTTLE, stepThrottle, type Throttle } from './heat-throttle.ts';

/** Plain data; times are on the monotonic clock. */
export interface CardMemory {
  /** Null when it has to begin anew. */
  readonly watch: CardWatch | null;
  readonly proof: Proof;
  readonly throttle: Throttle;
  readonly coolSinceMs: number | null;
  readonly floorSinceMs: number | null;
}

export interface CardJudgement {
  readonly memory: CardMemory;
  /** Null while no temperature of it is known. */
  readonly view: CardView | null;
  readonly findings: readonly Finding[];
  readonly dutyLimits: readonly DutyLimit[];
  readonly isCut: boolean;
  readonly isCritical: boolean;
  readonly limits: { readonly targetCelsius: number | null; readonly pauseCelsius: number | null };
}

export const NO_CARD: CardJudgement = {
  memory: {
    watch: null,
    proof: NO_PROOF,
    throttle: NO_THROTTLE,
    coolSinceMs: null,
    floorSinceMs: null,
  },
  view: null,
  findings: [],
  dutyLimits: [],
  isCut: false,
  isCritical: false,
  limits: { targetCelsius: null, pauseCelsius: null },
};

export interface CardInput extends Pick<HeatInput, 'gpu' | 'whyUnknown' | 'isMuffled' | 'nowMs'> {
  /** Relays compute on it now, and did since the last judgement, at this duty. */
  readonly isComputing: boolean;
  readonly duty: number;
  readonly passedMs: number;
}

export function judgeCard(before: CardMemory, input: CardInput, config: HeatConfig): CardJudgement {
  const { gpu, nowMs, whyUnknown } = input;
  const watch = watchCard(before.watch, gpu, nowMs, input.isComputing);
  const view = viewCard(watch, gpu, config, nowMs);
  const sight = sightOf(view, whyUnknown);
  const isSeen = sight === 'good' || sight === 'old';
  const isFirstLook = isTold(watch) && !isSameWatch(before.watch, watch);
  const throttle = stepThrottle(before.throttle, isThrottled(input), nowMs);
  const memory = remember(before, input, { watch, view, isSeen, isAsleep: sight === 'asleep' });
  const isUnseenAllowed = config.servesWithoutHeat && !config.isLaptop;
  const lie = findLie(watch.tracks);
  const frozen = findFrozen(isFrozen(memory.proof), view);
  const critical = findCritical(view);
  const hot = findHot(view, {
    isBeyondControl: hasHeld(memory.floorSinceMs, DWELL_MS.floor, nowMs),
    isFirstLook,
    hasCooled: hasHeld(memory.coolSinceMs, DWELL_MS.cool, nowMs),
    isUnseen: isUnseenAllowed && sight === 'mute',
  });
  return {
    memory: {
      ...memory,
      throttle: throttle.next,
      // A sensor that was caught begins anew.
      watch: lie.holds ? null : watch,
      proof: frozen.holds ? NO_PROOF : memory.proof,
    },
    view: isSeen ? view : null,
    findings: [
      ...findUnseen(sight, view, whyUnknown, isUnseenAllowed),
      lie,
      frozen,
      critical,
      ...hot,
      findThrottled(throttle.act === 'pause'),
    ],
    dutyLimits: limitsBySight(sight),
    isCut: throttle.act === 'cut',
    isCritical: critical.holds,
    limits: dieLimits(input, config),
  };
}

/** Whether its temperature was known in the same watch before. */
function isSameWatch(before: CardWatch | null, { sinceMs }: CardWatch): boolean {
  return before !== null && before.sinceMs === sinceMs && isTold(before);
}

function isTold({ tracks }: CardWatch): boolean {
  return tracks.some(({ spot, goodAtMs }) => spot !== 'memory' && goodAtMs !== null);
}

interface Seen {
  readonly watch: CardWatch;
  readonly view: CardView;
  readonly isSeen: boolean;
  /** Turned off: as cold as it can be. */
  readonly isAsleep: boolean;
}

function remember(
  before: CardMemory,
  input: CardInput,
  { watch, view, isSeen, isAsleep }: Seen,
): Omit<CardMemory, 'throttle'> {
  const { nowMs, isComputing, duty, passedMs } = input;
  const spots = isSeen ? view.spots : [];
  const isCool =
    isAsleep || (isSeen && spots.every(({ celsius, limits }) => celsius <= limits.resume));
  const isAtFloor = isComputing && duty <= DUTY_LIMITS.floor;
  const isTooWarm = isSeen && spareOf(view) < -FLOOR_DEGREES;
  const value = freshOf(input.gpu, AGE_MS.stale, nowMs);
  const loadPercent = value?.loadPercent ?? null;
  const celsius = spots[0]?.celsius ?? null;
  // Another card has to prove itself, too.
  const proof = watch.id === before.watch?.id || before.watch === null ? before.proof : NO_PROOF;
  return {
    watch,
    proof: prove(proof, {
      celsius,
      isComputing: isComputing && isSeen,
      isMuffled: input.isMuffled === true,
      loadPercent,
      duty,
      passedMs,
    }),
    coolSinceMs: sinceOf(before.coolSinceMs, isCool, nowMs),
    floorSinceMs: sinceOf(before.floorSinceMs, isAtFloor && isTooWarm, nowMs),
  };
}

function isThrottled({ gpu, nowMs, isComputing }: CardInput): boolean {
  const value = freshOf(gpu, AGE_MS.stale, nowMs);
  return isComputing && value !== null && value.throttle.length > 0;
}

function findThrottled(holds: boolean): Finding {
  const detail = 'the card slowed itself down twice within a minute';
  return { ...simple('gpu-throttled', holds, detail), leastMs: PAUSE_MS.throttled };
}

function limitsBySight(sight: Sight): readonly DutyLimit[] {
  if (sight === 'old') return [{ duty: DUTY_LIMITS.stale, cause: 'unseen-heat' }];
  return sight === 'mute' ? [{ duty: DUTY_LIMITS.unseen, cause: 'unseen-heat' }] : [];
}

/** Of what a person calls the card's temperature. */
function dieLimits({ gpu }: CardInput, config: HeatConfig): CardJudgement['limits'] {
  if (gpu === null) return NO_CARD.limits;
  const { celsius, junctionCelsius, slowdownCelsius } = gpu.value;
  const spot = celsius === null && junctionCelsius !== null ? 'junction' : 'die';
  const { target, pause } = limitsOf(spot, slowdownCelsius, config);
  return { targetCelsius: target, pauseCelsius: pause };
}
