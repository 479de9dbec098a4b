/** Lull's engine against llama-server: same model, threads and places, side by side in one run. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { backendNameSchema } from '../../electron/ipc/snapshot.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { keepCoresBusy } from './engine/busy-cores.ts';
import { followUpRow, sharedPrefixRow } from './engine/first-token-rows.ts';
import { startOurs } from './engine/our-side.ts';
import {
  contextFor,
  STARTER_LENGTHS,
  TINYLLAMA_LENGTHS,
  type Figure,
  type Measure,
  type Row,
} from './engine/row.ts';
import { startServer } from './engine/server-side.ts';
import type { Side } from './engine/side.ts';
import { createTexts, type Texts } from './engine/texts.ts';
import { longPromptRow, streamRows } from './engine/throughput-rows.ts';

const BENCH_CACHE = path.resolve(STARTER_PATH, '../../bench');
const SERVER_FOLDER = path.join(BENCH_CACHE, 'server');
/** A model may stop early; then both sides are asked something else. */
const TRIES = 6;

const MODELS = {
  starter: { path: STARTER_PATH, lengths: STARTER_LENGTHS, rounds: 5 },
  tinyllama: {
    path: path.join(BENCH_CACHE, 'tinyllama-1b.gguf'),
    lengths: TINYLLAMA_LENGTHS,
    rounds: 3,
  },
};

const argumentsSchema = z.object({
  model: z.enum(['starter', 'tinyllama']).default('starter'),
  only: z.string().optional(),
  rounds: z.coerce.number().int().positive().optional(),
  threads: z.coerce.number().int().positive().default(1),
  /** Another file than that of `model`, whose lengths then hold. */
  file: z.string().optional(),
  backend: backendNameSchema.default('cpu'),
  loaded: z.boolean().optional(),
  idle: z.boolean().optional(),
});
type Wishes = z.infer<typeof argumentsSchema>;

export const bench: Bench = {
  name: 'engine',
  about:
    "Lull's engine process against llama-server: tokens per second of 1 to 8 streams, first tokens with known " +
    'beginnings and in conversations, writing beside a long prompt; with idle and with busy cores ' +
    '(--model tinyllama, --file PATH, --backend NAME, --only ROW, --rounds N, --threads N, --idle, --loaded).',
  run,
};

interface Samples {
  readonly ours: number[];
  readonly peer: number[];
  readonly unit: Figure['unit'];
}

async function run({ quick, log, args }: BenchOptions): Promise<BenchResult> {
  const wishes = readWishes(args);
  const { lengths, rounds: usual } = MODELS[wishes.model];
  const rounds = wishes.rounds ?? (quick ? 1 : usual);
  const rows = [
    ...streamRows(lengths),
    sharedPrefixRow(lengths),
    followUpRow(lengths),
    longPromptRow(lengths),
  ];
  const wanted = rows.filter(({ name }) => wishes.only === undefined || name === wishes.only);
  if (wanted.length === 0) throw new Error(`there is: ${rows.map(({ name }) => name).join(', ')}`);
  const samples = new Map<string, Samples>();
  let threads = wishes.threads;
  for (const sequences of new Set(wanted.map((row) => row.sequences))) {
    const group = wanted.filter((row) => row.sequences === sequences);
    threads = await runGroup({ group, sequences, rounds, wishes, samples, log });
  }
  return {
    name: 'engine',
    config: {
      ...{ model: wishes.file ?? wishes.model, backend: wishes.backend, threads, rounds },
      ...{ contextTokens: contextFor(lengths), sampling: 'greedy', peer: 'llama-server b9844' },
    },
    samples: Object.fromEntries(
      [...samples].map(([label, { ours, peer }]) => [label, { ours, peer }]),
    ),
    unit: 'tokens/s',
    units: Object.fromEntries([...samples].map(([label, { unit }]) => [label, unit])),
    warmUp: 'one round of every row on both sides',
  };
}

function readWishes(args: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      threads: { type: 'string' },
      file: { type: 'string' },
      backend: { type: 'string' },
      loaded: { type: 'boolean' },
      idle: { type: 'boolean' },
    },
  });
  return argumentsSchema.parse(values);
}

interface Group {
  readonly group: readonly Row[];
  readonly sequences: number;
  readonly rounds: number;
  readonly wishes: Wishes;
  readonly samples: Map<string, Samples>;
  log(line: string): void;
}

/** @returns the threads that both sides ran with */
async function runGroup(context: Group): Promise<number> {
  const { wishes, sequences } = context;
  const { path: modelPath, lengths } = MODELS[wishes.model];
  const shape = {
    modelPath: wishes.file ?? modelPath,
    backend: wishes.backend,
    threads: wishes.threads,
    sequences,
    contextTokens: contextFor(lengths),
  };
  const ours = await startOurs(shape);
  const sides: Side[] = [ours];
  try {
    // Ours measures for itself how many are best; the peer gets as many.
    const server = await startServer(SERVER_FOLDER, { ...shape, threads: ours.threads });
    sides.push(server);
    const texts = createTexts(server);
    if (wishes.loaded !== true) await runRounds(context, sides, texts, false);
    if (wishes.idle !== true) {
      const busy = keepCoresBusy();
      try {
        await runRounds(context, sides, texts, true);
      } finally {
        await busy.end();
      }
    }
    return ours.threads;
  } finally {
    for (const side of sides) await side.stop();
  }
}

async function runRounds(
  { group, rounds, samples, log }: Group,
  sides: readonly Side[],
  texts: Texts,
  isLoaded: boolean,
): Promise<void> {
  // Round 0 warms both up and is thrown away.
  for (let round = 0; round <= rounds; round += 1) {
    for (const row of group) {
      // Whoever goes first changes, so that neither always follows the other.
      const order = round % 2 === 0 ? sides : sides.toReversed();
      const measured = await measureBoth(row, order, texts, (isLoaded ? 5000 : 0) + round * TRIES);
      for (const { name, figures } of measured ?? []) {
        for (const { label: plain, value, unit } of figures) {
          const label = isLoaded ? `${plain}, busy cores` : plain;
          log(`round ${String(round)}, ${label}, ${name}: ${value.toFixed(1)} ${unit}`);
          const pair = samples.get(label) ?? { ours: [], peer: [], unit };
          samples.set(label, pair);
          if (round > 0) pair[name].push(value);
        }
      }
      if (measured === null) log(`round ${String(round)}, ${row.name}: every answer was too short`);
    }
  }
}

interface Measured {
  readonly name: Side['name'];
  readonly figures: readonly Figure[];
}

async function measureBoth(
  row: Row,
  sides: readonly Side[],
  texts: Texts,
  firstSeed: number,
): Promise<readonly Measured[] | null> {
  for (let at = 0; at < TRIES; at += 1) {
    const measured = await measureAll(await row.prepare(texts, firstSeed + at), sides);
    if (measured !== null) return measured;
  }
  return null;
}

async function measureAll(
  measure: Measure,
  sides: readonly Side[],
): Promise<readonly Measured[] | null> {
  const measured: Measured[] = [];
  for (const side of sides) {
    const figures = await measure(side);
    if (figures === null) return null;
    measured.push({ name: side.name, figures });
  }
  return measured;
}
