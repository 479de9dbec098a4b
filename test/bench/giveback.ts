/** How soon a computer is its owner's again: from a key or mouse move until nothing computes, and until memory is back. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult, SamplePair } from './bench-types.ts';
import { keepCoresBusy } from './engine/busy-cores.ts';
import { createBenchEngine, type BenchEngine } from './giveback/bench-engine.ts';
import { startOwnDisplay } from './giveback/own-display.ts';
import { giveBacks, releases, type Phase } from './giveback/tries.ts';
import { connectOwner, type X11Owner } from './giveback/x11-owner-adapter.ts';

const TRIES = { full: 250, quick: 5 } as const;
const RELEASES = { full: 100, quick: 3 } as const;
const CONTEXT_TOKENS = 2048;
const PHASES = ['decode', 'prefill'] as const satisfies readonly Phase[];
const MODELS = {
  starter: { path: STARTER_PATH, promptWords: 1_000 },
  tinyllama: {
    path: path.join(path.resolve(STARTER_PATH, '../../bench'), 'tinyllama-1b.gguf'),
    promptWords: 400,
  },
};

const argumentsSchema = z.object({
  model: z.enum(['starter', 'tinyllama']).default('starter'),
  threads: z.coerce.number().int().positive().default(1),
  tries: z.coerce.number().int().positive().optional(),
  releases: z.coerce.number().int().nonnegative().optional(),
  only: z.enum(['idle', 'loaded']).optional(),
  phase: z.enum(PHASES).optional(),
});

export const bench: Bench = {
  name: 'giveback',
  about:
    'from a key or mouse move on a real X server to the end of the last evaluation for a relay, while text is written ' +
    'and while a prompt is read, on an idle and a loaded machine; from a release to the memory back ' +
    '(--model tinyllama, --threads N, --tries N of each of the four cases, --releases N, --only idle|loaded, --phase decode|prefill).',
  run,
};

async function run({ quick, log, args }: BenchOptions): Promise<BenchResult> {
  const wishes = readWishes(args);
  const length = quick ? 'quick' : 'full';
  const tries = wishes.tries ?? TRIES[length];
  const plan = { ...wishes, tries, releases: wishes.releases ?? RELEASES[length], log };
  const { path: modelPath, promptWords } = MODELS[wishes.model];
  const display = await startOwnDisplay();
  const engine = createBenchEngine();
  try {
    const owner = await connectOwner(display.name);
    use(engine, modelPath, wishes.threads);
    await engine.engine.load();
    const samples = await measure(engine, owner, { ...plan, promptWords });
    owner.close();
    return {
      name: 'giveback',
      config: {
        ...{ model: wishes.model, threads: wishes.threads, tries, releases: plan.releases, quick },
        ...{ contextTokens: CONTEXT_TOKENS, promptWords, idleSource: 'X11, whole seconds' },
      },
      samples,
      unit: 'ms',
      units: { 'engines killed': 'of all tries' },
      warmUp: 'a tenth as many tries of each kind',
    };
  } finally {
    await engine.dispose();
    await display.stop();
  }
}

function readWishes(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ model: text, threads: text, tries: text, releases: text },
      ...{ only: text, phase: text },
    },
  });
  return argumentsSchema.parse(values);
}

function use({ engine }: BenchEngine, modelPath: string, threads: number): void {
  engine.use({
    ...{ modelPath, modelVersion: '1', backend: 'cpu', deviceIndex: null, device: null },
    ...{ threads, isBackground: false, sequences: 2, contextTokens: CONTEXT_TOKENS },
  });
}

interface Plan {
  readonly tries: number;
  readonly releases: number;
  readonly promptWords: number;
  readonly only?: 'idle' | 'loaded' | undefined;
  readonly phase?: Phase | undefined;
  log(line: string): void;
}

async function measure(engine: BenchEngine, owner: X11Owner, plan: Plan) {
  const { tries, promptWords, log } = plan;
  const samples: Record<string, SamplePair> = {};
  let killed = 0;
  const add = (label: string, ours: readonly number[]): void => {
    const [p50, p99, most] = ranksOf(ours);
    samples[label] = { ours, peer: [] };
    samples[`${label}, p99`] = { ours: [p99], peer: [] };
    samples[`${label}, longest`] = { ours: [most], peer: [] };
    log(`${label}: ${[p50, p99, most].map(String).join(' ')} ms (p50, p99, longest)`);
  };
  const machines = (['idle', 'loaded'] as const).filter((each) => (plan.only ?? each) === each);
  for (const machine of machines) {
    const busy = machine === 'loaded' ? keepCoresBusy() : null;
    try {
      for (const phase of PHASES.filter((each) => (plan.phase ?? each) === each)) {
        const how = { phase, promptWords, busy };
        await giveBacks(engine, owner, { ...how, tries: Math.ceil(tries / 10) });
        const taken = await giveBacks(engine, owner, { ...how, tries });
        add(`${phase}, ${machine} machine`, taken.freeMs);
        add(`${phase}, ${machine} machine, decided`, taken.decidedMs);
        killed += taken.killed;
      }
      if (plan.releases > 0) {
        add(`release, ${machine} machine`, await releases(engine, plan.releases, promptWords));
      }
    } finally {
      await busy?.end();
    }
  }
  samples['engines killed'] = { ours: [killed], peer: [] };
  return samples;
}

/** Half of them, 99 of a hundred, and all of them were no longer. */
function ranksOf(samples: readonly number[]): readonly [number, number, number] {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (part: number) =>
    Number((sorted[Math.ceil(sorted.length * part) - 1] ?? 0).toFixed(2));
  return [rank(0.5), rank(0.99), rank(1)];
}
