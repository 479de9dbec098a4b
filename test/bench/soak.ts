/** Half an hour of everything at once: mixed requests, cancels and model switches, and what is left of it. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { EnginePlan } from '../../electron/engine/engine-plan.ts';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../electron/engine/engine-supervisor.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { createForkedChildren } from '../fakes/fork-child.ts';
import { createMemoryLog } from '../fakes/memory-log.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { createDraw, type Draw } from './soak/draw.ts';
import { stuckPlaces } from './soak/free-places.ts';
import { createTally, keepAsking, type Tally } from './soak/mixed-load.ts';
import { watchMemory, type Growth } from './soak/resident.ts';

const CLIENTS = 7;
const SEQUENCES = 4;
const CONTEXT_TOKENS = 2048;
const MS_PER_MINUTE = 60_000;
const QUICK_MINUTES = 0.5;
/** Between two switches of the model: from one to five minutes, less in a short run. */
const SWITCH_SHARE = { least: 1 / 30, spread: 4 / 30 };
/** Of the whole run, from its start. */
const SWITCHING_SHARE = 2 / 3;
const REPORT_MS = 60_000;
/** Long after every request must have ended. */
const END_LIMIT_MS = 120_000;

const argumentsSchema = z.object({
  minutes: z.coerce.number().positive().optional(),
  seed: z.coerce.number().int().default(1),
});

export const bench: Bench = {
  name: 'soak',
  about:
    'Half an hour of mixed load, cancels and model switches on the engine: growth of memory, places that are ' +
    'stuck at the end, how every request ended (--minutes N, --seed N).',
  run,
};

async function run({ quick, log, args }: BenchOptions): Promise<BenchResult> {
  const wishes = readWishes(args);
  const minutes = wishes.minutes ?? (quick ? QUICK_MINUTES : 30);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lull-soak-'));
  const children = createForkedChildren('engine');
  const engine = createEngineSupervisor({
    ...{ spawn: children.spawn, clock: systemClock, log: createMemoryLog() },
  });
  try {
    const copy = path.join(folder, 'copy.gguf');
    await copyFile(STARTER_PATH, copy);
    const plans = [STARTER_PATH, copy].map(planFor);
    const tally = createTally();
    const stopWatching = watchMemory(() => engine.pid);
    const switches = await soak({ engine, plans, tally, minutes, seed: wishes.seed, log });
    const growth = stopWatching();
    await engine.load();
    const stuck = await stuckPlaces(engine, SEQUENCES);
    return resultOf({ tally, growth, switches, stuck, minutes, seed: wishes.seed });
  } finally {
    engine.dispose();
    await children.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

function readWishes(args: readonly string[]): z.infer<typeof argumentsSchema> {
  const options = { minutes: { type: 'string' }, seed: { type: 'string' } } as const;
  return argumentsSchema.parse(parseArgs({ args: [...args], options }).values);
}

function planFor(modelPath: string): EnginePlan {
  return {
    ...{ modelPath, modelVersion: '1', backend: 'cpu', deviceIndex: null, device: null },
    ...{ isBackground: false, threads: 1, sequences: SEQUENCES, contextTokens: CONTEXT_TOKENS },
  };
}

interface Soak {
  readonly engine: EngineSupervisor;
  readonly plans: readonly EnginePlan[];
  readonly tally: Tally;
  readonly minutes: number;
  readonly seed: number;
  log(line: string): void;
}

/** @returns how often the model was switched. @throws when requests do not end */
async function soak({ engine, plans, tally, minutes, seed, log }: Soak): Promise<number> {
  const over = AbortSignal.timeout(Math.round(minutes * MS_PER_MINUTE));
  engine.use(plans[0] ?? null);
  const clients = Array.from({ length: CLIENTS }, (_, at) =>
    keepAsking(engine, createDraw(seed * 1000 + at), tally, over),
  );
  const reporting = setInterval(() => {
    log(`${String(tally.asked)} asked, ${words(tally)}`);
  }, REPORT_MS);
  // The last life is a long one: its slope says the most.
  const settled = AbortSignal.timeout(Math.round(minutes * SWITCHING_SHARE * MS_PER_MINUTE));
  const switching = switchModels(engine, plans, createDraw(seed), minutes, settled);
  try {
    const switches = await switching;
    await aborted(over);
    await withLimit(Promise.all(clients), END_LIMIT_MS);
    return switches;
  } finally {
    clearInterval(reporting);
  }
}

async function switchModels(
  engine: EngineSupervisor,
  plans: readonly EnginePlan[],
  draw: Draw,
  minutes: number,
  over: AbortSignal,
): Promise<number> {
  for (let switches = 0; ; switches += 1) {
    const share = SWITCH_SHARE.least + (draw.below(1000) / 1000) * SWITCH_SHARE.spread;
    await passed(share * minutes * MS_PER_MINUTE, over);
    if (over.aborted) return switches;
    engine.use(plans[(switches + 1) % plans.length] ?? null);
  }
}

function passed(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    over.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

async function withLimit(task: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('some requests have not ended'));
    }, limitMs);
  });
  await Promise.race([task, late]);
  clearTimeout(timer);
}

interface Outcome {
  readonly tally: Tally;
  readonly growth: Growth;
  readonly switches: number;
  readonly stuck: number;
  readonly minutes: number;
  readonly seed: number;
}

function resultOf({ tally, growth, switches, stuck, minutes, seed }: Outcome): BenchResult {
  const one = (value: number) => ({ ours: [value], peer: [] });
  const ends = [...tally.ends].sort(([left], [right]) => left.localeCompare(right));
  return {
    name: 'soak',
    config: {
      ...{ model: 'starter and a copy', minutes, seed, clients: CLIENTS, switches },
      ...{ sequences: SEQUENCES, contextTokens: CONTEXT_TOKENS },
    },
    samples: {
      'places stuck at the end': one(stuck),
      'requests that did not end exactly once': one(tally.wrongEnds),
      'growth of the engine process, KiB a minute, each life': { ours: growth.lives, peer: [] },
      'growth of the process that asks, KiB a minute': {
        ours: growth.main === null ? [] : [growth.main],
        peer: [],
      },
      'most memory of an engine process, MiB': one(growth.peakBytes / 2 ** 20),
      requests: one(tally.asked),
      tokens: one(tally.tokens),
      ...Object.fromEntries(ends.map(([end, count]) => [`ended with ${end}`, one(count)])),
    },
    unit: 'as the label says',
    warmUp: 'the first 20 s of a life are left out of its growth',
  };
}

function words(tally: Tally): string {
  return [...tally.ends].map(([end, count]) => `${end} ${String(count)}`).join(', ');
}
