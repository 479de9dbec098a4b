/** Heat control on simulated cards: how far above the pause they come, how often they pause, and what work is lost. */
import { PLANT_KINDS, type SensorFacts } from '../fakes/plant.ts';
import { runPlant, type PlantResult } from '../fakes/plant-run.ts';
import type { Bench, BenchOptions, BenchResult, SamplePair } from './bench-types.ts';

const PLANTS = { full: 240, quick: 24 } as const;
const SECONDS = { full: 7_200, quick: 1_800 } as const;
/** A driver that is slow and vague. */
const SLOW: SensorFacts = { lagS: 5, noiseCelsius: 1.5, everyS: 5 };

interface Scene {
  readonly name: string;
  /** What becomes of the fan's resistance in the middle of the run. */
  readonly fan: number;
  readonly sensor?: SensorFacts;
}

const SCENES: readonly Scene[] = [
  { name: 'usual', fan: 1 },
  { name: 'fan fails', fan: 2.5 },
  { name: 'slow sensor', fan: 1, sensor: SLOW },
  { name: 'slow sensor, fan fails', fan: 2.5, sensor: SLOW },
];

const GOAL = { overPause: 1, pauses: 2, work: 0.95 } as const;

export const bench: Bench = {
  name: 'plants',
  about: 'heat control on simulated cards for two hours each; the peer is the best constant duty',
  run: (options) => Promise.resolve().then(() => report(options)),
};

function report(options: BenchOptions): BenchResult {
  const size = options.quick ? 'quick' : 'full';
  const samples: Record<string, SamplePair> = {};
  const units: Record<string, string> = {};
  for (const scene of SCENES) {
    const results = runAll(scene, PLANTS[size], SECONDS[size]);
    check(scene, results, options);
    const note = (what: string, unit: string, values: readonly number[], peer: number | null) => {
      const name = `${scene.name}: ${what}`;
      samples[name] = { ours: values, peer: peer === null ? [] : values.map(() => peer) };
      units[name] = unit;
    };
    note(
      'peak above pause',
      '°C',
      results.map(({ overPause }) => overPause),
      null,
    );
    note(
      'pauses',
      'pauses',
      results.map(({ pauses }) => pauses),
      null,
    );
    note(
      'work',
      'of the peer',
      results.map(({ work }) => work),
      1,
    );
    note(
      'swing',
      '°C',
      results.map(({ swing }) => swing),
      null,
    );
  }
  return {
    name: 'plants',
    config: { plants: PLANTS[size], simulatedSeconds: SECONDS[size], roomRises: 6, ...GOAL },
    samples,
    unit: '°C',
    units,
    warmUp: 'none: simulated',
  };
}

function runAll(scene: Scene, count: number, seconds: number): readonly PlantResult[] {
  const { fan, sensor } = scene;
  return Array.from({ length: count }, (_value, index) => {
    const kind = PLANT_KINDS[index % PLANT_KINDS.length] ?? 'desktop';
    return runPlant({ seed: index + 1, kind, seconds, fan, ...(sensor && { sensor }) });
  });
}

/** Throws when a goal is missed, so that a figure is never printed for a broken controller. */
function check({ name }: Scene, results: readonly PlantResult[], { log }: BenchOptions): void {
  const over = Math.max(...results.map(({ overPause }) => overPause));
  const pauses = Math.max(...results.map((result) => result.pauses));
  const work = Math.min(...results.map((result) => result.work));
  log(
    `${name}: highest ${over.toFixed(1)} °C over pause, at most ${String(pauses)} pauses, ` +
      `at least ${work.toFixed(3)} of the best constant duty`,
  );
  if (over > GOAL.overPause || pauses > GOAL.pauses || work < GOAL.work) {
    throw new Error(`A goal is missed: ${name}`);
  }
}
