/** What is known of the card that computes: its temperatures, how old they are, and how far they are from its limits. */
import { freshOf } from './heat-reading.ts';
import { limitsOf, type HeatWish, type SpotLimits } from './heat-limits.ts';
import { AGE_MS, CONTROL, PLAUSIBLE, REST_MS, type Spot } from './heat-policy.ts';
import { levelOf, slopeOf, takeSample, type Track } from './heat-track.ts';
import type { GpuReading, Reading } from './sensors.ts';

/** Plain data; times are on the monotonic clock. */
export interface CardWatch {
  readonly id: string | null;
  readonly sinceMs: number;
  /** The newest reading and the first one of this watch. */
  readonly readAtMs: number | null;
  readonly firstAtMs: number | null;
  readonly tracks: readonly Track[];
}

/** One spot against its limits. */
export interface SpotView {
  readonly spot: Spot;
  readonly celsius: number;
  readonly limits: SpotLimits;
  readonly smoothCelsius: number;
  readonly aheadCelsius: number;
  /** More than one sample says so. */
  readonly isSure: boolean;
}

/**
 * `absent`: nobody knows the card; `late`: it has not answered for long; `asleep`: turned off, so cold;
 * `empty`: it tells no temperature.
 */
export type Answer = 'absent' | 'late' | 'asleep' | 'empty' | 'full';

export interface CardView {
  /** Empty until a temperature is known. */
  readonly spots: readonly SpotView[];
  /** Of the oldest temperature that matters; since the watch began while there is none. */
  readonly ageMs: number;
  readonly beatMs: number;
  readonly answer: Answer;
  /** Its first samples are not to be believed yet. */
  readonly isWaking: boolean;
}

/**
 * @param before null when everything begins anew
 * @param isComputing relays compute on it, so that it cannot be asleep
 */
export function watchCard(
  before: CardWatch | null,
  gpu: Reading<GpuReading> | null,
  nowMs: number,
  isComputing: boolean,
): CardWatch {
  const reading = freshOf(gpu, AGE_MS.stale, nowMs) === null ? null : gpu;
  const isAnother = before !== null && reading !== null && isAnotherWatch(before, reading);
  const base = before === null || isAnother ? beginWatch(nowMs) : before;
  if (reading === null) return base;
  if (reading.value.state === 'asleep') return isComputing ? base : beginWatch(nowMs);
  const firstAtMs = base.firstAtMs ?? reading.atMs;
  const watch = { ...base, id: reading.value.id, readAtMs: reading.atMs, firstAtMs };
  if (isWaking(watch, reading)) return watch;
  return { ...watch, tracks: takeAll(base.tracks, reading) };
}

export function viewCard(
  watch: CardWatch,
  gpu: Reading<GpuReading> | null,
  wish: HeatWish,
  nowMs: number,
): CardView {
  const answer = answerOf(gpu, nowMs);
  const die = watch.tracks.filter(({ spot }) => spot !== 'memory');
  const slowdown = gpu?.value.slowdownCelsius ?? null;
  const known = watch.tracks.filter((track) => track.spot !== 'memory' || isFresh(track, nowMs));
  const spots = known.flatMap((track) => viewSpot(track, limitsOf(track.spot, slowdown, wish)));
  return {
    spots: spots.some(({ spot }) => spot !== 'memory') ? spots : [],
    ageMs: nowMs - oldest(die, watch.sinceMs),
    beatMs: Math.max(0, ...die.map(({ beatMs }) => beatMs)),
    answer,
    isWaking: gpu !== null && answer !== 'late' && isWaking(watch, gpu),
  };
}

function answerOf(gpu: Reading<GpuReading> | null, nowMs: number): Answer {
  if (gpu === null) return 'absent';
  const value = freshOf(gpu, AGE_MS.stale, nowMs);
  if (value === null) return 'late';
  if (value.state === 'asleep') return 'asleep';
  return value.celsius === null && value.junctionCelsius === null ? 'empty' : 'full';
}

function beginWatch(nowMs: number): CardWatch {
  return { id: null, sinceMs: nowMs, readAtMs: null, firstAtMs: null, tracks: [] };
}

function isAnotherWatch(before: CardWatch, { atMs, value }: Reading<GpuReading>): boolean {
  if (before.readAtMs === null) return false;
  return value.id !== before.id || atMs - before.readAtMs > REST_MS;
}

function isWaking({ firstAtMs }: CardWatch, { atMs, value }: Reading<GpuReading>): boolean {
  if (value.state === 'asleep') return false;
  return value.vendor === 'amd' && firstAtMs !== null && atMs - firstAtMs < AGE_MS.wake;
}

function takeAll(tracks: readonly Track[], { atMs, value }: Reading<GpuReading>): readonly Track[] {
  const memory = value.memoryCelsius ?? NaN;
  const told: Readonly<Record<Spot, number | null>> = {
    die: value.celsius,
    junction: value.junctionCelsius,
    // Consumer cards say 0 for a memory that they do not measure.
    memory: memory > PLAUSIBLE.least ? memory : null,
  };
  const spots: readonly Spot[] = ['die', 'junction', 'memory'];
  return spots.flatMap((spot) => {
    const celsius = told[spot];
    const before = tracks.find((track) => track.spot === spot) ?? null;
    if (celsius === null) return before === null ? [] : [before];
    return [takeSample(before, spot, { atMs, celsius })];
  });
}

function isFresh({ goodAtMs }: Track, nowMs: number): boolean {
  return goodAtMs !== null && nowMs - goodAtMs < AGE_MS.stale;
}

function viewSpot(track: Track, limits: SpotLimits): SpotView[] {
  const celsius = levelOf(track);
  if (celsius === null) return [];
  const { spot, smoothCelsius } = track;
  const aheadCelsius = smoothCelsius + CONTROL.aheadS * slopeOf(track);
  const isSure = track.recent.length > 1;
  return [{ spot, celsius, limits, smoothCelsius, aheadCelsius, isSure }];
}

/** When the temperature was told that is the oldest of all. */
function oldest(tracks: readonly Track[], sinceMs: number): number {
  const times = tracks.map(({ goodAtMs }) => goodAtMs ?? sinceMs);
  return times.length === 0 ? sinceMs : Math.min(...times);
}
