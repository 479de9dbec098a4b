/** How soon the engine stands still when relays are paused or an answer is cancelled. */
import { parseArgs } from 'node:util';
import type { EnginePlan } from '../../electron/engine/engine-plan.ts';
import { backendNameSchema } from '../../electron/ipc/snapshot.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult, SamplePair } from './bench-types.ts';
import { keepCoresBusy } from './engine/busy-cores.ts';
import { runSlowFake, waitsWithin } from './gate/slow-fake.ts';
import { cancels, pauses, type Phase } from './gate/tries.ts';
import { createWatchedEngine, type WatchedEngine } from './gate/watched-engine.ts';

const TRIES = 1000;
const QUICK_TRIES = 20;
const CONTEXT_TOKENS = 2048;
const PROMPT_WORDS = 800;
const WITHIN_MS = 60;
const PHASES: readonly Phase[] = ['prefill', 'decode'];

/**
 * Options: `--model PATH` another model than the test model, `--backend NAME`, `--threads N`, `--tries N`, `--loaded` with every core
 * kept busy by something else. What is measured is the time from the call in main until the last evaluation ended that
 * still worked for the answer, 0 when none did; both processes read the same clock.
 */
export const bench: Bench = {
  name: 'gate',
  about:
    'from pausing relays or cancelling an answer to the end of the last step that worked for it, ' +
    'through the engine process, while a prompt is read and while text is written',
  run,
};

async function run({ quick, log, args }: BenchOptions): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string' },
      threads: { type: 'string' },
      tries: { type: 'string' },
      loaded: { type: 'boolean' },
      backend: { type: 'string', default: 'cpu' },
    },
  });
  const tries = Number(values.tries ?? (quick ? QUICK_TRIES : TRIES));
  const threads = Number(values.threads ?? 1);
  const watched = createWatchedEngine();
  const busy = values.loaded === true ? keepCoresBusy() : null;
  try {
    use(watched, {
      modelPath: values.model ?? STARTER_PATH,
      backend: backendNameSchema.parse(values.backend),
      threads,
    });
    await watched.engine.load();
    const samples = { ...(await measure(watched, tries, log)), ...(await modelled(tries)) };
    return {
      name: 'gate',
      config: {
        ...{ model: values.model === undefined ? 'starter' : 'another', loaded: busy !== null },
        ...{ tries, threads, backend: values.backend, contextTokens: CONTEXT_TOKENS, quick },
      },
      samples,
      unit: 'ms',
      units: { 'fake, prompt alone: chunk': 'tokens', 'fake, beside a writer: chunk': 'tokens' },
      warmUp: 'a tenth as many tries of each kind',
    };
  } finally {
    await busy?.end();
    await watched.dispose();
  }
}

type Choice = Pick<EnginePlan, 'modelPath' | 'backend' | 'threads'>;

function use({ engine }: WatchedEngine, choice: Choice): void {
  engine.use({
    ...choice,
    modelVersion: '1',
    deviceIndex: null,
    device: null,
    isBackground: false,
    sequences: 2,
    contextTokens: CONTEXT_TOKENS,
  });
}

type Samples = Record<string, SamplePair>;

async function measure(watched: WatchedEngine, tries: number, log: BenchOptions['log']) {
  const samples: Samples = {};
  const kinds = { pause: pauses, cancel: cancels };
  for (const phase of PHASES) {
    for (const [kind, take] of Object.entries(kinds)) {
      const options = { withinMs: WITHIN_MS, promptWords: PROMPT_WORDS };
      await take(watched, phase, { ...options, tries: Math.ceil(tries / 10) });
      const ours = await take(watched, phase, { ...options, tries });
      Object.assign(samples, withRanks(`${kind} in ${phase}`, ours));
      log(`${kind} in ${phase}: ${ranksOf(ours).map(String).join(' ')} ms (p50, p99, max)`);
    }
  }
  return samples;
}

async function modelled(tries: number): Promise<Samples> {
  const alone = await runSlowFake(false);
  const beside = await runSlowFake(true);
  return {
    'fake, prompt alone: chunk': { ours: alone.chunks.slice(0, -1), peer: [] },
    ...withRanks('fake, prompt alone: pause', waitsWithin(alone, tries)),
    'fake, beside a writer: chunk': { ours: beside.chunks.slice(0, -1), peer: [] },
    ...withRanks('fake, beside a writer: pause', waitsWithin(beside, tries)),
  };
}

function withRanks(label: string, ours: readonly number[]): Samples {
  const [, p99, most] = ranksOf(ours);
  return {
    [label]: { ours, peer: [] },
    [`${label}, p99`]: { ours: [p99], peer: [] },
    [`${label}, longest`]: { ours: [most], peer: [] },
  };
}

/** Half of them, 99 of a hundred, and all of them were no longer. */
function ranksOf(samples: readonly number[]): readonly [number, number, number] {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (part: number) =>
    Number((sorted[Math.ceil(sorted.length * part) - 1] ?? 0).toFixed(2));
  return [rank(0.5), rank(0.99), rank(1)];
}
