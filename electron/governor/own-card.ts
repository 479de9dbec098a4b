/** Which of the graphics cards computes for us. */
import type { NodeFacts } from './ports.ts';
import type { GpuReading, Reading, Readings } from './sensors.ts';

export interface OwnCard {
  /** Null while it is not known; it may be old. */
  readonly card: Reading<GpuReading> | null;
  readonly whyUnknown: string | null;
}

/** Cards of one name cannot be told apart: then the worst of all readings counts of those that may compute. */
export function ownCard({ gpus, unknown }: Readings, device: NodeFacts['device']): OwnCard {
  if (gpus === null) return { card: null, whyUnknown: unknown.gpus ?? null };
  const { name } = device;
  const named = name === null ? [] : gpus.value.filter((each) => isNamed(each, name));
  const candidates = named.length > 0 || gpus.value.length > 1 ? named : gpus.value;
  const [first, ...others] = mayCompute(candidates);
  if (first === undefined) return { card: null, whyUnknown: unknown.gpus ?? whyNone(gpus, name) };
  return { card: { ...gpus, value: others.reduce(worse, first) }, whyUnknown: null };
}

/** All but those that sleep beside one that does not, and but the processor's own graphics beside a card. */
function mayCompute(cards: readonly GpuReading[]): readonly GpuReading[] {
  const awake = someOf(cards, ({ state }) => state !== 'asleep');
  return someOf(awake, (card) => card.celsius !== null || !isOfProcessor(card));
}

function someOf(
  cards: readonly GpuReading[],
  counts: (card: GpuReading) => boolean,
): readonly GpuReading[] {
  const some = cards.filter(counts);
  return some.length > 0 ? some : cards;
}

/** Cards of their own sit behind a bridge; the processor's graphics have no temperature beside the processor's. */
function isOfProcessor({ id }: GpuReading): boolean {
  return /^[0-9a-f]{4}:00:/i.test(id);
}

function whyNone(gpus: Reading<readonly GpuReading[]>, name: string | null): string {
  if (gpus.value.length === 0) return `${gpus.source} tells of no card`;
  return name === null ? 'several cards, and nobody says which' : `no card is called ${name}`;
}

/** Drivers and engines put the maker before the name or leave it out. */
function isNamed(card: GpuReading, name: string): boolean {
  const [theirs, ours] = [card.name.toLowerCase(), name.toLowerCase()];
  return theirs !== '' && ours !== '' && (theirs.includes(ours) || ours.includes(theirs));
}

function worse(one: GpuReading, other: GpuReading): GpuReading {
  return {
    ...one,
    state: one.state === 'lost' ? one.state : other.state,
    celsius: most(one.celsius, other.celsius),
    junctionCelsius: most(one.junctionCelsius, other.junctionCelsius),
    memoryCelsius: most(one.memoryCelsius, other.memoryCelsius),
    slowdownCelsius: least(one.slowdownCelsius, other.slowdownCelsius),
    shutdownCelsius: least(one.shutdownCelsius, other.shutdownCelsius),
    throttle: [...new Set([...one.throttle, ...other.throttle])],
    watts: sum(one.watts, other.watts),
    loadPercent: most(one.loadPercent, other.loadPercent),
    memoryUsedBytes: sum(one.memoryUsedBytes, other.memoryUsedBytes),
    memoryTotalBytes: sum(one.memoryTotalBytes, other.memoryTotalBytes),
    foreignLoadPercent: most(one.foreignLoadPercent, other.foreignLoadPercent),
    foreignMemoryBytes: sum(one.foreignMemoryBytes, other.foreignMemoryBytes),
    foreignApp: one.foreignApp ?? other.foreignApp,
  };
}

/** A card that does not tell makes the pair unknown. */
function most(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}

function least(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.min(one, other);
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
