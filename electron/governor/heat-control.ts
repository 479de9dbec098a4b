/** Holds a card at its target: a slow controller for the duty, and a quick cut where the temperature runs ahead. */
import { CONTROL, DUTY_LIMITS, THROTTLE_CUT } from './heat-policy.ts';

/** Plain data. */
export interface Control {
  /** Part of the time in which relays compute, 0 to 1. */
  readonly duty: number;
  readonly integral: number;
  readonly changedAtMs: number | null;
  readonly cutAtMs: number | null;
  /** Begins gently: the target has not been felt yet. */
  readonly isWarmingUp: boolean;
}

/** What the controller sees. */
export interface Feel {
  /** Below the target; negative above it. */
  readonly spareDegrees: number;
  /** How far above the target the temperature is on its way to. */
  readonly aheadDegrees: number;
  readonly hasOldSamples: boolean;
  /** What all other limits leave. */
  readonly cap: number;
  readonly mayRise: boolean;
  readonly passedMs: number;
  readonly nowMs: number;
}

export function startAt(duty: number, spareDegrees: number, isWarmingUp: boolean): Control {
  const integral = integralFor(duty, spareDegrees);
  return { duty, integral, changedAtMs: null, cutAtMs: null, isWarmingUp };
}

/** After a pause. */
export function halved({ duty }: Control, spareDegrees: number): Control {
  return startAt(Math.max(DUTY_LIMITS.floor, duty / 2), spareDegrees, false);
}

/** The card has slowed itself down. */
export function cutByCard(control: Control, { spareDegrees, nowMs }: Feel): Control {
  return cutTo(control, control.duty * THROTTLE_CUT, spareDegrees, nowMs);
}

export function stepControl(control: Control, feel: Feel): Control {
  const { aheadDegrees, spareDegrees, nowMs, cap } = feel;
  if (aheadDegrees > CONTROL.aheadDegrees && isSettled(control.cutAtMs, nowMs)) {
    return capped(cutTo(control, control.duty * CONTROL.cut, spareDegrees, nowMs), cap);
  }
  return capped(feel.hasOldSamples ? stepSlowly(control, feel) : stepSmoothly(control, feel), cap);
}

function stepSmoothly(control: Control, feel: Feel): Control {
  const { spareDegrees, cap, mayRise } = feel;
  const passedS = feel.passedMs / 1000;
  const wanted = control.integral + CONTROL.perDegree * spareDegrees;
  const aim = Math.min(Math.max(wanted, DUTY_LIMITS.floor), cap);
  let { duty } = control;
  if (aim > duty) {
    if (mayRise) duty = Math.min(aim, duty + CONTROL.risePerS * passedS);
  } else if (aim < duty - CONTROL.deadband) {
    duty = Math.max(aim, duty - CONTROL.fallPerS * passedS);
  }
  // A controller that cannot move further must not go on pushing.
  const lead = (wanted - duty) * Math.sign(spareDegrees);
  const isStuck = lead > CONTROL.lead;
  const push = CONTROL.perDegreeSecond * spareDegrees * passedS;
  return {
    ...control,
    duty,
    integral: isStuck ? control.integral : control.integral + push,
    isWarmingUp: control.isWarmingUp && spareDegrees > CONTROL.feltDegrees,
  };
}

/** Old samples would make the controller swing. */
function stepSlowly(control: Control, feel: Feel): Control {
  const { aheadDegrees, spareDegrees, nowMs, mayRise } = feel;
  const isTime = mayRise && isSettled(control.changedAtMs, nowMs);
  if (aheadDegrees >= 0 || !isTime) return control;
  const duty = control.duty + CONTROL.oldSampleRise;
  return { ...control, duty, integral: integralFor(duty, spareDegrees), changedAtMs: nowMs };
}

function cutTo(control: Control, duty: number, spareDegrees: number, nowMs: number): Control {
  const least = Math.min(control.duty, Math.max(DUTY_LIMITS.floor, duty));
  return {
    duty: least,
    integral: integralFor(least, spareDegrees),
    changedAtMs: nowMs,
    cutAtMs: nowMs,
    isWarmingUp: false,
  };
}

function capped(control: Control, cap: number): Control {
  return control.duty <= cap ? control : { ...control, duty: cap };
}

/** With which the controller stays where it is. */
function integralFor(duty: number, spareDegrees: number): number {
  return duty - CONTROL.perDegree * spareDegrees;
}

function isSettled(sinceMs: number | null, nowMs: number): boolean {
  return sinceMs === null || nowMs - sinceMs >= CONTROL.settleMs;
}
