/** Every constant of the heat judgement, as data: degrees are Celsius, times milliseconds unless a name says otherwise. */

/** What is measured on a card. */
export type Spot = 'die' | 'junction' | 'memory';

/** How warm each spot is held, where relays pause and where they go on, on a card that tells nothing of itself. */
export const DEGREES: Readonly<
  Record<Spot, { readonly target: number; readonly pause: number; readonly resume: number }>
> = {
  die: { target: 75, pause: 83, resume: 65 },
  // Its makers hold 110 °C for normal.
  junction: { target: 88, pause: 98, resume: 78 },
  memory: { target: 87, pause: 95, resume: 85 },
};

/** A laptop lies on somebody's knees. */
export const LAPTOP_COOLER = 3;
/** Of the die: what fans barely heard can hold. */
export const QUIET_TARGET = 65;
export const QUIET_DUTY = 0.6;
/** A warm room must not keep relays out for ever. */
export const LOWEST_RESUME = 45;

/** How far below the card's own slowdown everything lies. */
export const BELOW_SLOWDOWN = {
  /** Cards aim 12 degrees below their slowdown when left alone, and we stay 8 below that. */
  target: 20,
  pause: 10,
  critical: 3,
} as const;
/** Where a card tells no slowdown. */
export const CRITICAL_ABOVE_PAUSE = 7;
/** A slowdown outside is no slowdown. */
export const LIKELY_SLOWDOWN = { least: 70, most: 130 } as const;

export const DUTY_LIMITS = {
  floor: 0.1,
  start: 0.5,
  /** Nobody can read the temperature, and the owner agreed to that. */
  unseen: 0.5,
  /** The newest temperature is old. */
  stale: 0.3,
  /** The system says that it is warm, or that it holds its processor back. */
  system: 0.5,
} as const;

/** The controller; duty is a part of 1. */
export const CONTROL = {
  perDegree: 0.02,
  perDegreeSecond: 0.0006,
  risePerS: 0.01,
  fallPerS: 0.05,
  /** Smaller steps down are left out, because each of them forbids to rise for a while. */
  deadband: 0.01,
  /** What the controller wants beyond where duty is, before it waits for it. */
  lead: 0.02,
  /** So close to the target, it is no longer the warm-up that holds the duty. */
  feltDegrees: 5,
  /** Weight of the newest second in the smoothed temperature. */
  smoothing: 0.3,
  slopeMs: 15_000,
  aheadS: 8,
  /** So far above the target that lies ahead, duty is cut. */
  aheadDegrees: 2,
  cut: 0.85,
  /** Between two cuts, and between a decrease and an increase. */
  settleMs: 5_000,
  /** With samples older than this, small steps take the place of the controller. */
  oldSampleMs: 2_500,
  oldSampleRise: 0.025,
  /** Longer times between two judgements are not made up for. */
  longestStepMs: 5_000,
} as const;

/** So long without a judgement or a sample, and everything begins anew. */
export const REST_MS = 15_000;

export const AGE_MS = {
  /** Then `DUTY_LIMITS.stale`; later for a driver that is slower by nature, but not beyond `slowest`. */
  old: 3_000,
  slowest: 5_500,
  /** A driver's usual time between samples, times this, is not yet late. */
  beats: 1.2,
  /** Then nothing computes. */
  stale: 6_000,
  /** Of what changes slowly: processor, battery, the system's own judgement. */
  slow: 30_000,
  /** Cards that were asleep read high at first. */
  wake: 15_000,
} as const;

export const PAUSE_MS = {
  hot: 60_000,
  /** At the duty floor and still too warm. */
  floor: 600_000,
  critical: 900_000,
  throttled: 120_000,
  cpu: 60_000,
  system: 300_000,
  battery: 300_000,
  /** A sensor that was caught is asked again after this. */
  untrue: 1_800_000,
  /** Any other. */
  least: 5_000,
} as const;

/** How long something must hold before it counts. */
export const DWELL_MS = {
  cool: 15_000,
  floor: 60_000,
  throttle: 3_000,
  /** A second throttling within this time is a pause; until then duty does not rise. */
  throttleAgain: 60_000,
  cpu: 10_000,
  batteryCool: 300_000,
} as const;
export const THROTTLE_CUT = 0.7;
/** Above the target, at the duty floor. */
export const FLOOR_DEGREES = 2;

/** Of the processor, below its own limit: there it pauses, there it is held, and there it goes on. */
export const CPU_BELOW_LIMIT = { pause: 5, target: 10, resume: 15 } as const;
export const BATTERY_DEGREES = { pause: 40, resume: 37 } as const;

/** Of what a sensor says. */
export const PLAUSIBLE = {
  /** At or below, and above: no temperature of a card that runs. */
  least: 0,
  most: 120,
  jumpPerS: 15,
  /** A bad sample counts 1, a good one takes away so much. */
  forgiven: 0.2,
  /** So many bad ones, and the sensor lies. */
  bad: 10,
  /** Samples that come faster than this are not taken. */
  spacingMs: 500,
} as const;

/** First proof that a sensor is alive: so much movement within so long at this duty. */
export const PROOF = { degrees: 2, duty: 0.5, workMs: 60_000, loadPercent: 20 } as const;
