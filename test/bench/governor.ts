/** What the governor's decision costs: whole days of a computer and its owner, as fast as they can be decided. */
import { DAY_MS, playDay } from '../fakes/governor-day.ts';
import type { Bench, BenchOptions, SamplePair } from './bench-types.ts';

const DAYS = 10;
const QUICK_DAYS = 1;
const DEVICES = ['cpu', 'gpu'] as const;
const SECOND_MS = 1_000;

interface Sampled {
  readonly dayMs: number;
  readonly decisionsPerS: number;
  readonly unexplained: number;
}

function sample(seed: number, device: 'cpu' | 'gpu'): Sampled {
  let unexplained = 0;
  const startMs = performance.now();
  const decisions = playDay(seed, device, ({ decision: { status } }) => {
    if (status.mode !== 'serving' && status.reasons.length === 0) unexplained += 1;
  });
  const dayMs = performance.now() - startMs;
  return { dayMs, decisionsPerS: (decisions / dayMs) * SECOND_MS, unexplained };
}

function measure({ quick, log }: BenchOptions): Record<string, SamplePair> {
  const samples: Record<string, SamplePair> = {};
  for (const device of DEVICES) {
    sample(0, device);
    const days = Array.from({ length: quick ? QUICK_DAYS : DAYS }, (_, seed) =>
      sample(seed + 1, device),
    );
    const unexplained = days.reduce((sum, day) => sum + day.unexplained, 0);
    if (unexplained > 0) throw new Error(`${unexplained} looks without serving had no reason`);
    samples[`one day on the ${device}`] = { ours: days.map(({ dayMs }) => dayMs), peer: [] };
    samples[`decisions on the ${device}`] = {
      ours: days.map(({ decisionsPerS }) => decisionsPerS),
      peer: [],
    };
    log(`${days.length} days on the ${device}`);
  }
  return samples;
}

export const bench: Bench = {
  name: 'governor',
  about: 'the governor’s decision: how long 24 simulated hours of a computer and its owner take',
  run: (options) =>
    Promise.resolve({
      name: 'governor',
      config: { days: options.quick ? QUICK_DAYS : DAYS, hours: DAY_MS / 3_600_000 },
      samples: measure(options),
      unit: 'ms',
      units: {
        'decisions on the cpu': 'decisions/s',
        'decisions on the gpu': 'decisions/s',
      },
      warmUp: 'one day on each device',
    }),
};
