/** From all that limits the duty to the one number and its cause. */
import type { DutyCause } from '../ipc/status.ts';
import {
  cutByCard,
  halved,
  startAt,
  stepControl,
  type Control,
  type Feel,
} from './heat-control.ts';
import type { CardView } from './heat-card.ts';
import { CONTROL, DUTY_LIMITS } from './heat-policy.ts';

export interface DutyLimit {
  readonly duty: number;
  readonly cause: DutyCause;
}

/** Plain data. */
export interface DutyState {
  /** Null until a card was felt. */
  readonly control: Control | null;
  readonly duty: number;
  readonly decreasedAtMs: number | null;
}

export interface DutyFacts {
  readonly device: 'cpu' | 'gpu';
  /** Null while the card is not seen. */
  readonly view: CardView | null;
  /** Of the processor, below where it is held; null while that is not known. */
  readonly cpuSpareDegrees: number | null;
  readonly isServing: boolean;
  readonly isPaused: boolean;
  /** The card has just slowed itself down. */
  readonly isCut: boolean;
  /** It did so a short while ago. */
  readonly isHeldDown: boolean;
  readonly limits: readonly DutyLimit[];
  readonly passedMs: number;
  readonly nowMs: number;
}

export const NO_DUTY: DutyState = { control: null, duty: 0, decreasedAtMs: null };

/** @returns the state to go on from, and what holds the duty where it is */
export function stepDuty(
  before: DutyState,
  facts: DutyFacts,
): { readonly next: DutyState; readonly cause: DutyCause } {
  const { nowMs } = facts;
  const limit = lowestOf(facts.limits);
  const { decreasedAtMs } = before;
  const maySettle = decreasedAtMs === null || nowMs - decreasedAtMs >= CONTROL.settleMs;
  const control = nextControl(before, facts, limit.duty, maySettle);
  const wanted = facts.isPaused ? 0 : Math.min(control?.duty ?? DUTY_LIMITS.start, limit.duty);
  const duty = maySettle ? wanted : Math.min(wanted, before.duty);
  const next = {
    control,
    duty,
    decreasedAtMs: duty < before.duty ? nowMs : decreasedAtMs,
  };
  return { next, cause: duty < limit.duty ? heldBy(control, facts) : limit.cause };
}

/** The first of the lowest. */
export function lowestOf(limits: readonly DutyLimit[]): DutyLimit {
  const least = Math.min(...limits.map(({ duty }) => duty));
  return limits.find(({ duty }) => duty === least) ?? { duty: 0, cause: 'policy' };
}

function nextControl(
  { control: before, duty }: DutyState,
  facts: DutyFacts,
  cap: number,
  maySettle: boolean,
): Control | null {
  const { view, device, isPaused, isServing } = facts;
  const spare = view === null ? 0 : spareOf(view);
  const control = before ?? firstOf(device, view, spare);
  if (control === null) return null;
  // Half of what there was before the pause, once.
  if (isPaused) return duty > 0 ? halved(control, spare) : control;
  if (!isServing || cap <= 0) return control;
  const mayRise = maySettle && !facts.isHeldDown;
  if (duty === 0) return startAt(control.duty, spare, control.isWarmingUp);
  if (device === 'cpu') return stepCpu(control, facts, mayRise);
  if (view === null) return control;
  const feel = feelOf(facts, view, { cap, mayRise });
  return stepControl(facts.isCut ? cutByCard(control, feel) : control, feel);
}

/** A processor begins at once: it protects itself, and is slowed down near its limit and after a pause. */
function firstOf(device: 'cpu' | 'gpu', view: CardView | null, spare: number): Control | null {
  if (device === 'cpu') return startAt(1, 0, false);
  return view === null ? null : startAt(DUTY_LIMITS.start, spare, true);
}

/** Some live at their limit when nobody holds them: they would pause again and again. */
function stepCpu(control: Control, facts: DutyFacts, mayRise: boolean): Control {
  const { cpuSpareDegrees: spareDegrees, passedMs, nowMs } = facts;
  if (spareDegrees === null) return mayRise ? recovered(control, passedMs) : control;
  // What others leave of the duty is taken off later, so that all of it is there again at once.
  const feel = { spareDegrees, passedMs, nowMs, mayRise, cap: 1 };
  return stepControl(control, { ...feel, aheadDegrees: -Infinity, hasOldSamples: false });
}

function recovered(control: Control, passedMs: number): Control {
  const duty = Math.min(1, control.duty + (CONTROL.risePerS * passedMs) / 1000);
  return { ...control, duty, integral: duty };
}

function feelOf(
  { passedMs, nowMs }: DutyFacts,
  view: CardView,
  more: Pick<Feel, 'cap' | 'mayRise'>,
): Feel {
  const ahead = view.spots.map(({ aheadCelsius, limits }) => aheadCelsius - limits.target);
  return {
    ...more,
    spareDegrees: spareOf(view),
    aheadDegrees: Math.max(...ahead),
    hasOldSamples: Math.max(view.beatMs, view.ageMs) > CONTROL.oldSampleMs,
    passedMs,
    nowMs,
  };
}

/** Of the spot that has the least. */
export function spareOf({ spots }: CardView): number {
  return Math.min(...spots.map(({ smoothCelsius, limits }) => limits.target - smoothCelsius));
}

function heldBy(control: Control | null, { isHeldDown }: DutyFacts): DutyCause {
  if (isHeldDown) return 'card';
  return control === null || control.isWarmingUp ? 'warm-up' : 'heat';
}
