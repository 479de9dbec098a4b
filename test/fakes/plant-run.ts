/** Runs the heat judgement on a plant, with the die's true temperature and the relays' work written down. */
import {
  judgeHeat,
  type HeatConfig,
  type HeatInput,
  type HeatState,
} from '../../electron/governor/heat.ts';
import { DEGREES, LAPTOP_COOLER } from '../../electron/governor/heat-policy.ts';
import {
  anyPlant,
  anySensor,
  chanceOf,
  createPlant,
  dutyFor,
  STEP_S,
  type Plant,
  type PlantKind,
  type SensorFacts,
} from './plant.ts';

export interface PlantRun {
  readonly seed: number;
  readonly kind: PlantKind;
  readonly seconds: number;
  /** In the middle of the run; 1 leaves the fan as it is. */
  readonly fan: number;
  /** In place of any. */
  readonly sensor?: SensorFacts;
}

export interface PlantResult {
  readonly kind: PlantKind;
  readonly peakCelsius: number;
  /** Of the true temperature above where relays pause; negative below. */
  readonly overPause: number;
  readonly pauses: number;
  /** Against the constant duty that would hold the target in each half. */
  readonly work: number;
  /** Between the 5th and the 95th part of a hundred, in the last quarter. */
  readonly swing: number;
}

/** What happens in the middle, besides. */
const WARMER_ROOM = 6;

export function configOf(isLaptop: boolean): HeatConfig {
  return { targetCelsius: null, isLaptop, isQuiet: false, servesWithoutHeat: false };
}

/** A relay computes on a card, and nothing else is known. */
export function inputOf(gpu: HeatInput['gpu'], nowMs: number): HeatInput {
  return {
    gpu,
    device: 'gpu',
    whyUnknown: null,
    cpuCelsius: null,
    cpuLimitCelsius: null,
    batteryCelsius: null,
    thermalState: null,
    cpuSpeedPercent: null,
    isServing: true,
    ceiling: 1,
    ceilingCause: 'full',
    nowMs,
  };
}

export function runPlant({ seed, kind, seconds, fan, sensor }: PlantRun): PlantResult {
  const chance = chanceOf(seed);
  const facts = anyPlant(kind, chance);
  const plant = createPlant(facts, sensor ?? anySensor(chance), chance);
  const isLaptop = kind === 'laptop';
  const target = DEGREES.die.target - (isLaptop ? LAPTOP_COOLER : 0);
  const pause = DEGREES.die.pause - (isLaptop ? LAPTOP_COOLER : 0);
  const later = facts.roomCelsius + WARMER_ROOM;
  let state: HeatState | null = null;
  let duty = 0;
  let pauses = 0;
  let work = 0;
  const lasts: number[] = [];
  let peak = -Infinity;
  for (let second = 0; second < seconds; second++) {
    if (second === Math.floor(seconds / 2)) plant.change(later, fan);
    const verdict = judgeHeat(state, inputOf(plant.read(), second * 1000), configOf(isLaptop));
    state = verdict.next;
    if (verdict.duty === 0 && duty > 0) pauses++;
    duty = verdict.duty;
    work += duty;
    peak = Math.max(peak, runSecond(plant, duty));
    if (second >= seconds * 0.75) lasts.push(plant.celsius());
  }
  const best =
    (seconds / 2) *
    (dutyFor(facts, target, facts.roomCelsius) + dutyFor(facts, target, later, fan));
  return {
    kind,
    peakCelsius: peak,
    overPause: peak - pause,
    pauses,
    work: work / best,
    swing: spreadOf(lasts),
  };
}

/** @returns the highest temperature on the way */
function runSecond(plant: Plant, duty: number): number {
  let peak = -Infinity;
  for (let step = 0; step < 1 / STEP_S; step++) {
    plant.step(duty);
    peak = Math.max(peak, plant.celsius());
  }
  return peak;
}

function spreadOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return at(0.95) - at(0.05);
}
