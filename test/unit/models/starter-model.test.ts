import { describe, expect, it } from 'vitest';
import { readGgufHeader } from '../../../electron/models/gguf-reader.ts';
import { readOnnxWeights, type WeightMatrix } from '../../../electron/models/onnx-weights.ts';
import { fromHalfBits } from '../../../electron/models/q8-0.ts';
import {
  convertStarter,
  interleaveHeads,
  type StarterSource,
} from '../../../electron/models/starter-model.ts';
import { countingReader } from '../../fixtures/small-gguf.ts';
import { quantAt, SCALE, SIZES, smallSource, ZERO_POINT } from '../../fixtures/small-source.ts';

const HEAD_SIZE = 8;
const BASE = 100;

/** A matrix of numbers that differ everywhere. */
function sampleMatrix(outputs: number, inputs: number, seed: number): WeightMatrix {
  return {
    outputs,
    inputs,
    readRow(output, into) {
      for (let input = 0; input < inputs; input += 1) {
        into[input] = Math.sin(seed + output * 12.9898 + input * 78.233);
      }
    },
  };
}

function apply(matrix: WeightMatrix, vector: readonly number[]): number[] {
  const row = new Float32Array(matrix.inputs);
  return Array.from({ length: matrix.outputs }, (_, output) => {
    matrix.readRow(output, row);
    return vector.reduce((sum, value, input) => sum + value * (row[input] ?? NaN), 0);
  });
}

/** Rotates pairs of a head's values by their position; `partner` says which two make up pair i. */
function rotate(
  head: readonly number[],
  position: number,
  partner: (pair: number) => readonly [number, number],
): number[] {
  const turned = [...head];
  for (let pair = 0; pair < HEAD_SIZE / 2; pair += 1) {
    const [first, second] = partner(pair);
    const angle = position * BASE ** ((-2 * pair) / HEAD_SIZE);
    const x = head[first] ?? NaN;
    const y = head[second] ?? NaN;
    turned[first] = x * Math.cos(angle) - y * Math.sin(angle);
    turned[second] = x * Math.sin(angle) + y * Math.cos(angle);
  }
  return turned;
}

const halves = (pair: number) => [pair, pair + HEAD_SIZE / 2] as const;
const neighbours = (pair: number) => [2 * pair, 2 * pair + 1] as const;

function score(
  [query, key]: readonly [WeightMatrix, WeightMatrix],
  head: number,
  partner: typeof halves,
): number {
  const input = Array.from({ length: query.inputs }, (_, at) => Math.cos(at * 3));
  const slice = (values: readonly number[]) =>
    values.slice(head * HEAD_SIZE, (head + 1) * HEAD_SIZE);
  const q = rotate(slice(apply(query, input)), 9, partner);
  const k = rotate(slice(apply(key, input)), 4, partner);
  return q.reduce((sum, value, at) => sum + value * (k[at] ?? NaN), 0);
}

describe('the order of rows within a head', () => {
  it('gives the same attention scores when neighbours are rotated as halves gave before', () => {
    const original = [sampleMatrix(16, 12, 1), sampleMatrix(16, 12, 2)] as const;
    const reordered = [interleaveHeads(original[0], 2), interleaveHeads(original[1], 2)] as const;
    for (const head of [0, 1]) {
      const expected = score(original, head, halves);
      expect(score(reordered, head, neighbours)).toBeCloseTo(expected, 10);
      expect(score(original, head, neighbours)).not.toBeCloseTo(expected, 1);
    }
  });

  it('keeps every row, and keeps it in its head', () => {
    const rowNumbers: WeightMatrix = {
      outputs: 16,
      inputs: 1,
      readRow: (output, into) => {
        into[0] = output;
      },
    };
    expect(apply(interleaveHeads(rowNumbers, 2), [1])).toEqual([
      0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15,
    ]);
  });
});

describe('weights from ONNX', () => {
  const weights = readOnnxWeights(smallSource().onnx);

  it('are dequantised, with outputs as rows', () => {
    const up = weights.linear('layers.0.mlp.up_proj');
    expect([up.outputs, up.inputs]).toEqual([SIZES.inner, SIZES.hidden]);
    const row = new Float32Array(SIZES.hidden);
    up.readRow(5, row);
    const expected = Array.from(
      { length: SIZES.hidden },
      (_, at) => (quantAt(at, 5) - ZERO_POINT) * SCALE,
    );
    expect([...row]).toEqual(expected);
  });

  it('keep the embedding as it lies', () => {
    const embedding = weights.embedding('model.embed_tokens.weight');
    const row = new Float32Array(SIZES.hidden);
    embedding.readRow(1, row);
    expect([row[0], row[31]]).toEqual([(32 - 128) * SCALE, (63 - 128) * SCALE]);
  });

  it.each([
    ['is no ONNX', () => readOnnxWeights(Uint8Array.of(255, 255, 255))],
    ['is empty', () => readOnnxWeights(new Uint8Array(0))],
    ['lacks a layer', () => weights.linear('layers.7.mlp.up_proj')],
    ['lacks a vector', () => weights.vector('nothing')],
    ['has another kind of vector', () => weights.vector('w0_quantized')],
  ])('are refused when the file %s', (_, read) => {
    expect(read).toThrow(expect.objectContaining({ code: 'starter-failed' }));
  });
});

function convert(source: StarterSource = smallSource()): Buffer {
  return Buffer.concat([...convertStarter(source)].map(({ bytes }) => bytes));
}

describe('the conversion', () => {
  it('gives a file that the reader accepts, the same each time', async () => {
    const bytes = convert();
    const header = await readGgufHeader(countingReader(bytes).readAt, bytes.length);
    expect(header.tensorCount).toBe(11);
    expect(header.metadata.get('general.license')).toBe('apache-2.0');
    expect(header.metadata.get('general.name')).toContain('test model');
    expect(convert().equals(bytes)).toBe(true);
  });

  it('reports progress that grows to one', () => {
    const fractions = [...convertStarter(smallSource())].map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
  });

  it('reorders the rows of queries and keys, and of nothing else', () => {
    const chunks = new Map(
      [...convertStarter(smallSource())].map(({ detail, bytes }) => [detail, bytes]),
    );
    const firstOf = (name: string, output: number) => {
      const at = output * 34;
      const block = chunks.get(`blk.0.${name}.weight`) ?? new Uint8Array();
      const view = new DataView(block.buffer, block.byteOffset, block.length);
      return view.getInt8(at + 2) * fromHalfBits(view.getUint16(at, true));
    };
    const original = (output: number) => (quantAt(0, output) - ZERO_POINT) * SCALE;
    for (const name of ['attn_q', 'attn_k']) expect(firstOf(name, 1)).toBeCloseTo(original(8), 0);
    for (const name of ['attn_v', 'ffn_up']) expect(firstOf(name, 1)).toBeCloseTo(original(1), 0);
  });

  it.each([
    ['another architecture', { model_type: 'gpt2' }],
    ['shapes that differ from the weights', { intermediate_size: 96 }],
    ['a vocabulary of another size', { vocab_size: 6 }],
    ['no size at all', { hidden_size: undefined }],
  ])('is refused for %s', (_, change) => {
    const source = smallSource();
    const changed = { ...source, config: { ...source.config, ...change } };
    expect(() => convert(changed)).toThrow(expect.objectContaining({ code: 'starter-failed' }));
  });
});
