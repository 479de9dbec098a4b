/** How warm each spot of a card may become. */
import {
  BELOW_SLOWDOWN,
  CRITICAL_ABOVE_PAUSE,
  DEGREES,
  LAPTOP_COOLER,
  LIKELY_SLOWDOWN,
  LOWEST_RESUME,
  QUIET_TARGET,
  type Spot,
} from './heat-policy.ts';

/** Degrees Celsius. */
export interface SpotLimits {
  readonly target: number;
  readonly pause: number;
  readonly resume: number;
  readonly critical: number;
}

export interface HeatWish {
  /** Of the die; the other spots move with it. */
  readonly targetCelsius: number | null;
  readonly isLaptop: boolean;
  readonly isQuiet: boolean;
}

/** @param slowdownCelsius of the die and its hottest spot; null when the card does not tell */
export function limitsOf(spot: Spot, slowdownCelsius: number | null, wish: HeatWish): SpotLimits {
  const usual = DEGREES[spot];
  const slowdown = spot === 'memory' ? null : likely(slowdownCelsius);
  const cooler = wish.isLaptop ? LAPTOP_COOLER : 0;
  const target = Math.min(
    usual.target - DEGREES.die.target + wishedTarget(wish),
    slowdown === null ? Infinity : slowdown - BELOW_SLOWDOWN.target,
  );
  const pause = Math.min(
    usual.pause - cooler,
    slowdown === null ? Infinity : slowdown - BELOW_SLOWDOWN.pause,
  );
  const resume = target - (usual.target - usual.resume);
  return {
    target,
    pause,
    resume: Math.min(Math.max(resume, LOWEST_RESUME), target),
    critical: slowdown === null ? pause + CRITICAL_ABOVE_PAUSE : slowdown - BELOW_SLOWDOWN.critical,
  };
}

/** Of the die: the lowest that anybody wants. */
function wishedTarget({ targetCelsius, isLaptop, isQuiet }: HeatWish): number {
  const usual = DEGREES.die.target - (isLaptop ? LAPTOP_COOLER : 0);
  const wished = targetCelsius !== null && Number.isFinite(targetCelsius) ? targetCelsius : usual;
  return Math.min(usual, wished, isQuiet ? QUIET_TARGET : usual);
}

function likely(slowdown: number | null): number | null {
  if (slowdown === null) return null;
  const isLikely = slowdown >= LIKELY_SLOWDOWN.least && slowdown <= LIKELY_SLOWDOWN.most;
  return isLikely ? slowdown : null;
}
