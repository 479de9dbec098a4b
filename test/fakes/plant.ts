/** A card that becomes warm: two masses, the die and its sink, in a room; and the sensor that a driver shows of it. */
import type { GpuReading, Reading } from '../../electron/governor/sensors.ts';

export const PLANT_KINDS = ['desktop', 'laptop', 'dusty', 'fanless'] as const;
export type PlantKind = (typeof PLANT_KINDS)[number];

/** A number in [0, 1). */
export type Chance = () => number;

/** Watts, degrees Celsius and seconds. */
export interface PlantFacts {
  readonly kind: PlantKind;
  readonly fullWatts: number;
  readonly idleWatts: number;
  /** In a room of 24 degrees, at full power, for ever. */
  readonly steadyCelsius: number;
  /** Part of the resistance between die and sink. */
  readonly dieShare: number;
  readonly dieS: number;
  readonly sinkS: number;
  readonly roomCelsius: number;
}

export interface SensorFacts {
  readonly lagS: number;
  /** One standard deviation. */
  readonly noiseCelsius: number;
  readonly everyS: number;
}

export interface Plant {
  readonly facts: PlantFacts;
  /** What the die has in truth. */
  celsius(): number;
  /** Half a second with relays computing for this part of it. */
  step(duty: number): void;
  /** Another room, and a fan that moves less air. */
  change(room: number, resistance: number): void;
  /** What the driver would tell. */
  read(): Reading<GpuReading>;
}

const ROOM = 24;
export const STEP_S = 0.5;

type Range = readonly [least: number, most: number];

const RANGES: Readonly<
  Record<PlantKind, { readonly watts: Range; readonly steady: Range; readonly sinkS: Range }>
> = {
  desktop: { watts: [200, 450], steady: [60, 78], sinkS: [60, 260] },
  laptop: { watts: [60, 150], steady: [78, 100], sinkS: [60, 260] },
  dusty: { watts: [200, 450], steady: [88, 115], sinkS: [60, 260] },
  fanless: { watts: [20, 40], steady: [85, 110], sinkS: [200, 500] },
};

/** The same seed gives the same numbers (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function anyPlant(kind: PlantKind, chance: Chance): PlantFacts {
  const { watts, steady, sinkS } = RANGES[kind];
  const fullWatts = within(watts, chance);
  return {
    kind,
    fullWatts,
    idleWatts: fullWatts * within([0.05, 0.12], chance),
    steadyCelsius: within(steady, chance),
    dieShare: within([0.25, 0.45], chance),
    dieS: within([3, 9], chance),
    sinkS: within(sinkS, chance),
    roomCelsius: within([18, 34], chance),
  };
}

export function anySensor(chance: Chance): SensorFacts {
  return { lagS: within([2, 5], chance), noiseCelsius: within([0.5, 1.5], chance), everyS: 1 };
}

/** Part of the time at which the die keeps this temperature, 0 to 1. */
export function dutyFor(facts: PlantFacts, celsius: number, room: number, slower = 1): number {
  const watts = (celsius - room) / (resistanceOf(facts) * slowed(facts, slower));
  const duty = (watts - facts.idleWatts) / (facts.fullWatts - facts.idleWatts);
  return Math.min(1, Math.max(0, duty));
}

export function createPlant(facts: PlantFacts, sensor: SensorFacts, chance: Chance): Plant {
  const total = resistanceOf(facts);
  const toSink = total * facts.dieShare;
  const dieMass = facts.dieS / toSink;
  const sinkMass = facts.sinkS / (total - toSink);
  let toRoom = total - toSink;
  let room = facts.roomCelsius;
  let sink = room + facts.idleWatts * toRoom;
  let die = sink + facts.idleWatts * toSink;
  let steps = 0;
  const lagSteps = Math.round(sensor.lagS / STEP_S);
  const everySteps = Math.round(sensor.everyS / STEP_S);
  const past = [die];
  let told = sample();

  function sample(): Reading<GpuReading> {
    const late = past[0] ?? die;
    const celsius = Math.round(late + sensor.noiseCelsius * normal(chance));
    return readingOf({ celsius }, steps * STEP_S * 1000);
  }

  return {
    facts,
    celsius: () => die,
    step(duty) {
      const watts = facts.idleWatts + duty * (facts.fullWatts - facts.idleWatts);
      const across = (die - sink) / toSink;
      die += ((watts - across) * STEP_S) / dieMass;
      sink += ((across - (sink - room) / toRoom) * STEP_S) / sinkMass;
      steps++;
      past.push(die);
      if (past.length > lagSteps + 1) past.shift();
      if (steps % everySteps === 0) told = sample();
    },
    change(roomCelsius, resistance) {
      room = roomCelsius;
      toRoom = (total - toSink) * resistance;
    },
    read: () => told,
  };
}

/** A card as its driver tells it, but for what is given. */
export function readingOf(card: Partial<GpuReading>, atMs: number): Reading<GpuReading> {
  return {
    value: {
      id: '0000:01:00.0',
      name: 'A card',
      vendor: 'nvidia',
      celsius: 40,
      junctionCelsius: null,
      memoryCelsius: null,
      slowdownCelsius: 95,
      shutdownCelsius: 98,
      throttle: [],
      watts: null,
      loadPercent: null,
      memoryUsedBytes: null,
      memoryTotalBytes: null,
      foreignLoadPercent: null,
      foreignMemoryBytes: null,
      foreignApp: null,
      ...card,
    },
    atMs,
    source: 'a plant',
  };
}

/** Degrees per watt between die and room. */
function resistanceOf({ steadyCelsius, fullWatts }: PlantFacts): number {
  return (steadyCelsius - ROOM) / fullWatts;
}

/** What all of the resistance becomes when only the fan's part of it grows. */
function slowed({ dieShare }: PlantFacts, slower: number): number {
  return dieShare + (1 - dieShare) * slower;
}

function within([least, most]: Range, chance: Chance): number {
  return least + (most - least) * chance();
}

function normal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}
