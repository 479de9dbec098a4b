/** What it costs in quality and speed to keep keys and values in fewer bits. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { usesFlashAttention } from '../../electron/engine/batching.ts';
import { openBackend, type LlamaBackend } from '../../electron/engine/llama-backend-adapter.ts';
import { kvOptions } from '../../electron/engine/kv-type.ts';
import type { KvType } from '../../electron/ipc/snapshot.ts';
import type { Bench, BenchOptions, SamplePair } from './bench-types.ts';

const root = path.resolve(import.meta.dirname, '../..');
const TEXTS = ['README.md', 'docs/architecture.md', 'docs/protocol.md', 'docs/security.md'];
const WINDOW_TOKENS = 512;
/** Read before the first compared token: a text says little about its own beginning. */
const LEAD_TOKENS = 16;
const WINDOWS = { full: 12, quick: 2 };
/** Every window is read in pieces of this width, with either number format. */
const PIECE_TOKENS = 32;
const WRITTEN_TOKENS = 32;

/** What a model says at one place of a text. */
interface Reading {
  readonly logprob: number;
  readonly likeliest: number;
}

interface Run {
  /** By window. */
  readonly readings: readonly (readonly Reading[])[];
  /** Tokens per second, by window: written at its end. */
  readonly speeds: readonly number[];
}

export const bench: Bench = {
  name: 'kv',
  about:
    'Keys and values in q8_0 against f16 over the same text: change of log-probability, greedy disagreement, speed.',
  async run(options) {
    const backend = await openBackend('cpu', () => undefined);
    const samples: Record<string, SamplePair> = {};
    const config: Record<string, string | number | boolean> = {
      windows: windowCount(options),
      windowTokens: WINDOW_TOKENS,
      comparedFrom: LEAD_TOKENS,
      pieceTokens: PIECE_TOKENS,
      threads: 1,
    };
    for (const [name, file] of models(options.args)) {
      options.log(`reading with ${name}`);
      const { pairs, compared } = await compare(backend, file, options);
      config[`${name}, tokens compared`] = compared;
      for (const [label, pair] of Object.entries(pairs)) samples[`${name}: ${label}`] = pair;
    }
    await backend.dispose();
    const units = Object.fromEntries(
      Object.keys(samples).flatMap((label) => {
        if (label.endsWith(DISAGREES)) return [[label, '% of tokens']];
        return label.endsWith(WRITES) ? [[label, 'tokens/s']] : [];
      }),
    );
    return {
      name: 'kv',
      config,
      samples,
      unit: 'nats',
      units,
      warmUp: 'one window of each format',
    };
  },
};

const DISAGREES = 'another greedy token';
const WRITES = 'writing, q8_0 against f16';

function windowCount({ quick }: BenchOptions): number {
  return quick ? WINDOWS.quick : WINDOWS.full;
}

/** @param wanted by name; none means all that are here */
function models(wanted: readonly string[]): readonly (readonly [string, string])[] {
  const cache = process.env['LULL_TEST_CACHE'] ?? path.join(root, 'node_modules/.cache/lull/cache');
  const large = path.join(root, 'node_modules/.cache/lull/bench/tinyllama-1b.gguf');
  const all = [
    ['starter', path.join(cache, 'starter.gguf')],
    ['1.1 B', large],
  ] as const;
  return all.filter(
    ([name, file]) => existsSync(file) && (wanted.length === 0 || wanted.includes(name)),
  );
}

async function compare(backend: LlamaBackend, modelPath: string, options: BenchOptions) {
  const model = await backend.llama.loadModel({ modelPath, gpuLayers: 0 });
  try {
    const windows = windowsOf(model, windowCount(options));
    const plain = await readAll(model, windows, 'f16');
    const small = await readAll(model, windows, 'q8_0');
    const both = plain.readings.map((window, index) => ({
      window,
      other: small.readings[index] ?? [],
    }));
    const changes = both.map(({ window, other }) =>
      mean(window.map(({ logprob }, at) => Math.abs(logprob - (other[at]?.logprob ?? NaN)))),
    );
    const disagreements = both.map(({ window, other }) =>
      mean(window.map(({ likeliest }, at) => (likeliest === other[at]?.likeliest ? 0 : 100))),
    );
    const pairs: Record<string, SamplePair> = {
      'mean |change of log-probability|': { ours: changes, peer: [] },
      [DISAGREES]: { ours: disagreements, peer: [] },
      [WRITES]: { ours: small.speeds, peer: plain.speeds },
    };
    return { pairs, compared: plain.readings.reduce((sum, window) => sum + window.length, 0) };
  } finally {
    await model.dispose();
  }
}

function windowsOf(model: LlamaModel, count: number): readonly (readonly Token[])[] {
  const text = TEXTS.map((name) => path.join(root, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const tokens = model.tokenize(text, false);
  const start = model.tokens.bos === null ? [] : [model.tokens.bos];
  const size = WINDOW_TOKENS - start.length;
  const most = Math.min(count, Math.floor(tokens.length / size));
  return Array.from({ length: most }, (_, at) => [
    ...start,
    ...tokens.slice(at * size, (at + 1) * size),
  ]);
}

async function readAll(
  model: LlamaModel,
  windows: readonly (readonly Token[])[],
  kvType: KvType,
): Promise<Run> {
  const context = await model.createContext({
    contextSize: WINDOW_TOKENS + WRITTEN_TOKENS + 1,
    batchSize: PIECE_TOKENS,
    threads: 1,
    // As the engine computes on a processor.
    flashAttention: usesFlashAttention('cpu', kvType),
    ...kvOptions(kvType),
  });
  try {
    const sequence = context.getSequence();
    const readings: Reading[][] = [];
    const speeds: number[] = [];
    await readWindow(sequence, windows[0] ?? []);
    for (const window of windows) {
      await sequence.clearHistory();
      readings.push(await readWindow(sequence, window));
      speeds.push(await writingSpeed(sequence, window));
    }
    return { readings, speeds };
  } finally {
    await context.dispose();
  }
}

type Sequence = ReturnType<Awaited<ReturnType<LlamaModel['createContext']>>['getSequence']>;

/** What the model says of every token but the first ones, given all before it. */
async function readWindow(sequence: Sequence, window: readonly Token[]): Promise<Reading[]> {
  const readings: Reading[] = [];
  const asked = { generateNext: { probabilities: true, options: { temperature: 0 } } };
  for (let from = 0; from < window.length; from += PIECE_TOKENS) {
    const piece = window.slice(from, from + PIECE_TOKENS);
    const outputs = await sequence.controlledEvaluate(
      piece.map((token, at) => (from + at < LEAD_TOKENS ? token : [token, asked])),
    );
    for (const [at, output] of outputs.entries()) {
      const next = window[from + at + 1];
      const shares = output?.next.probabilities;
      if (next === undefined || shares === undefined) continue;
      readings.push(readingOf(shares, next));
    }
  }
  return readings;
}

function readingOf(shares: ReadonlyMap<Token, number>, next: Token): Reading {
  let total = 0;
  for (const share of shares.values()) total += share;
  const [likeliest = -1] = shares.keys();
  return { logprob: Math.log((shares.get(next) ?? 0) / total), likeliest };
}

/** Goes on after a window of text, so that the context is as full as in a conversation. */
async function writingSpeed(sequence: Sequence, window: readonly Token[]): Promise<number> {
  const last = window.slice(-1);
  const writing = sequence.evaluate(last, { temperature: 0, yieldEogToken: true });
  await writing.next();
  const startMs = performance.now();
  for (let written = 0; written < WRITTEN_TOKENS - 1; written += 1) await writing.next();
  const spentMs = performance.now() - startMs;
  await writing.return();
  return ((WRITTEN_TOKENS - 1) * 1000) / spentMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
