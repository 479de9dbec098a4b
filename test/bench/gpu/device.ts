/** What one device does with one model, straight on node-llama-cpp: speed, step times, saving and letting go. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import type { LlamaBackend } from '../../../electron/engine/llama-backend-adapter.ts';

const SEQUENCES = 8;
const CONTEXT_TOKENS = 4096;
const MOST_CHUNK = 512;
const CHUNKS = [2, 8, 16, 32, 64, 128, 256, 512];
const STREAMS = [1, 2, 4, 8];
const STEPS = 96;
const PREFIX_TOKENS = 1000;
/** Ids that no tokenizer gives a meaning of its own. */
const ORDINARY = { from: 1000, to: 6000 };

export interface DeviceReport {
  readonly loadMs: number;
  readonly layers: string;
  /** Median milliseconds of a step in which so many answers get one token each. */
  readonly decodeMs: Readonly<Record<number, number>>;
  /** Median milliseconds of a step that reads so many tokens of a prompt, alone and beside four answers. */
  readonly chunkMs: Readonly<Record<number, { readonly alone: number; readonly withFour: number }>>;
  readonly save: { readonly tokens: number; readonly bytes: number; readonly ms: number };
  readonly restoreMs: number;
  readonly prefillMs: number;
  readonly unloadMs: number;
}

export async function measureDevice(
  backend: LlamaBackend,
  modelPath: string,
): Promise<DeviceReport> {
  const beganMs = performance.now();
  const model = await backend.llama.loadModel({
    modelPath,
    gpuLayers: backend.llama.gpu === false ? 0 : 'max',
  });
  const context = await model.createContext({
    sequences: SEQUENCES,
    contextSize: CONTEXT_TOKENS,
    batchSize: MOST_CHUNK + SEQUENCES,
    batching: {
      itemPrioritizationStrategy: ({ items }) =>
        items.map((item) => ({ item, processAmount: item.tokens.length })),
    },
  });
  const sequences = Array.from({ length: SEQUENCES }, () => context.getSequence());
  const loadMs = performance.now() - beganMs;
  const writers = sequences.map(writer);
  const decodeMs: Record<number, number> = {};
  for (const streams of STREAMS) {
    const using = writers.slice(0, streams);
    decodeMs[streams] = await medianOf(STEPS, () => Promise.all(using.map((next) => next())));
  }
  const chunkMs: Record<number, { alone: number; withFour: number }> = {};
  const reader = last(sequences);
  const four = writers.slice(0, 4);
  for (const chunk of CHUNKS) {
    const rounds = chunk > 128 ? 6 : 16;
    await reader.clearHistory();
    const alone = await medianOf(rounds, () => read(reader, chunk));
    await reader.clearHistory();
    const withFour = await medianOf(rounds, () =>
      Promise.all([read(reader, chunk), ...four.map((next) => next())]),
    );
    chunkMs[chunk] = { alone, withFour };
  }
  await reader.clearHistory();
  const prefillMs = await timed(() => read(reader, PREFIX_TOKENS));
  const saved = await saveAndRestore(reader);
  const { layers } = backend.logFacts();
  const unloadMs = await timed(() => model.dispose());
  return {
    loadMs,
    layers: layers === null ? '?' : `${String(layers.offloaded)}/${String(layers.total)}`,
    ...{ decodeMs, chunkMs, ...saved, prefillMs, unloadMs },
  };
}

/** Writes on for ever: an answer that ends is followed by another. */
function writer(sequence: LlamaContextSequence): () => Promise<void> {
  const begin = () =>
    sequence.evaluate(someTokens(2), { temperature: 1, topK: 40, seed: 7, yieldEogToken: true });
  let generator = begin();
  return async () => {
    const { done } = await generator.next();
    if (done === true) generator = begin();
  };
}

async function read(sequence: LlamaContextSequence, tokens: number): Promise<void> {
  // Room is made by hand: a shifted context would be timed as well.
  if (sequence.nextTokenIndex + tokens >= CONTEXT_TOKENS - 1) await sequence.clearHistory();
  await sequence.evaluateWithoutGeneratingNewTokens(someTokens(tokens));
}

async function saveAndRestore(
  sequence: LlamaContextSequence,
): Promise<Pick<DeviceReport, 'save' | 'restoreMs'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lull-gpu-'));
  try {
    const file = path.join(folder, 'state');
    const tokens = sequence.nextTokenIndex;
    const beganMs = performance.now();
    const { fileSize } = await sequence.saveStateToFile(file);
    const ms = performance.now() - beganMs;
    await sequence.clearHistory();
    const restoreMs = await timed(() => sequence.loadStateFromFile(file, { acceptRisk: true }));
    return { save: { tokens, bytes: fileSize, ms }, restoreMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function someTokens(count: number): Token[] {
  // Only node-llama-cpp brands its token ids.
  return Array.from({ length: count }, () => randomInt(ORDINARY.from, ORDINARY.to) as Token);
}

async function medianOf(rounds: number, step: () => Promise<unknown>): Promise<number> {
  // The first two pay for whatever the device has to prepare for a width it has not seen.
  await step();
  await step();
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) samples.push(await timed(step));
  samples.sort((a, b) => a - b);
  return samples[Math.floor(samples.length / 2)] ?? Number.NaN;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

function last<Value>(values: readonly Value[]): Value {
  const value = values.at(-1);
  if (value === undefined) throw new Error('there is nothing to take the last of');
  return value;
}
