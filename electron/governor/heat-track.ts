/** Follows the temperature of one spot: what it is, where it goes, and whether the sensor can be believed. */
import { CONTROL, PLAUSIBLE, REST_MS, type Spot } from './heat-policy.ts';

export interface Sample {
  readonly atMs: number;
  readonly celsius: number;
}

/** Plain data; times are on the monotonic clock. */
export interface Track {
  readonly spot: Spot;
  /** The newest sample of any kind. */
  readonly seen: Sample;
  /** Of believable samples; null before the first. */
  readonly goodAtMs: number | null;
  /** The last three believable samples. */
  readonly recent: readonly number[];
  readonly smoothCelsius: number;
  /** Medians of the last seconds, the newest last. */
  readonly past: readonly Sample[];
  /** Usual time between samples. */
  readonly beatMs: number;
  /** Grows with each bad sample; `PLAUSIBLE.bad` is a lie. */
  readonly suspicion: number;
}

/** @param before null for the first sample */
export function takeSample(before: Track | null, spot: Spot, told: Sample): Track {
  // What is no number could not be written down.
  const sample = { atMs: told.atMs, celsius: Number.isFinite(told.celsius) ? told.celsius : 0 };
  if (before === null) return begin(spot, sample);
  const passedMs = sample.atMs - before.seen.atMs;
  if (!(passedMs >= PLAUSIBLE.spacingMs)) return before;
  if (!isInRange(sample.celsius)) {
    return { ...before, seen: sample, suspicion: before.suspicion + 1 };
  }
  const suspicion = isJump(before.seen, sample)
    ? before.suspicion + 1
    : Math.max(0, before.suspicion - PLAUSIBLE.forgiven);
  return { ...extend(before, sample, passedMs), suspicion };
}

function begin(spot: Spot, sample: Sample): Track {
  const isGood = isInRange(sample.celsius);
  return {
    spot,
    seen: sample,
    goodAtMs: isGood ? sample.atMs : null,
    recent: isGood ? [sample.celsius] : [],
    smoothCelsius: sample.celsius,
    past: isGood ? [sample] : [],
    beatMs: 0,
    suspicion: isGood ? 0 : 1,
  };
}

function extend(before: Track, sample: Sample, passedMs: number): Omit<Track, 'suspicion'> {
  const { atMs } = sample;
  const recent = [...before.recent, sample.celsius].slice(-3);
  const celsius = middleOf(recent);
  const sinceGoodMs = atMs - (before.goodAtMs ?? atMs);
  const weight = 1 - (1 - CONTROL.smoothing) ** (sinceGoodMs / 1000);
  const past = [...before.past, { atMs, celsius }];
  return {
    spot: before.spot,
    seen: sample,
    goodAtMs: atMs,
    recent,
    smoothCelsius:
      before.goodAtMs === null
        ? celsius
        : before.smoothCelsius + weight * (celsius - before.smoothCelsius),
    past: past.filter((one) => atMs - one.atMs <= CONTROL.slopeMs),
    beatMs: before.beatMs + CONTROL.smoothing * (Math.min(passedMs, REST_MS) - before.beatMs),
  };
}

/** What the spot has now, one wild sample aside; null before the first believable one. */
export function levelOf({ past }: Track): number | null {
  return past.at(-1)?.celsius ?? null;
}

/** Degrees per second over the last seconds; 0 while too little is known. */
export function slopeOf({ past }: Track): number {
  if (past.length < 3) return 0;
  const meanMs = mean(past.map((one) => one.atMs));
  const meanCelsius = mean(past.map((one) => one.celsius));
  let together = 0;
  let alone = 0;
  for (const { atMs, celsius } of past) {
    together += (atMs - meanMs) * (celsius - meanCelsius);
    alone += (atMs - meanMs) ** 2;
  }
  return alone > 0 ? (together / alone) * 1000 : 0;
}

function isInRange(celsius: number): boolean {
  return celsius > PLAUSIBLE.least && celsius <= PLAUSIBLE.most;
}

function isJump(before: Sample, { atMs, celsius }: Sample): boolean {
  if (!isInRange(before.celsius)) return false;
  const passedS = Math.max(1, (atMs - before.atMs) / 1000);
  return Math.abs(celsius - before.celsius) / passedS > PLAUSIBLE.jumpPerS;
}

/** Of two, the lower: one wild sample must not end anybody's work. */
function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
