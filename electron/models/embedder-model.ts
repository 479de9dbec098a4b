/** The recipe of the embedding model: all-MiniLM-L6-v2 from its npm package, as a GGUF file. */
import { z } from 'zod';
import { encodeGguf, type GgufEntry, type GgufTensor } from './gguf-writer.ts';
import { readSafeTensors, type SafeTensors } from './safetensors.ts';

const TYPE_ID = { f32: 0, f16: 1 } as const;
const FILE_TYPE_F16 = 1;
/** GGUF's numbers for what a token is. */
const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3 } as const;
/** GGUF's number for "the mean over all tokens". */
const POOLING_MEAN = 1;
/** Where SentencePiece-like vocabularies mark the beginning of a word. */
const WORD_START = '\u2581';
const WORD_PART = '##';

// Not strict: Hugging Face configurations carry many keys that do not matter here.
const configSchema = z.object({
  model_type: z.literal('bert'),
  hidden_act: z.literal('gelu'),
  position_embedding_type: z.literal('absolute'),
  hidden_size: z.int().positive(),
  intermediate_size: z.int().positive(),
  layer_norm_eps: z.number().positive(),
  max_position_embeddings: z.int().positive(),
  num_attention_heads: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  type_vocab_size: z.int().positive(),
  vocab_size: z.int().positive(),
});
type Config = z.infer<typeof configSchema>;

const tokenizerSchema = z.object({
  // llama.cpp's own WordPiece does exactly this, and nothing else.
  normalizer: z.object({
    type: z.literal('BertNormalizer'),
    clean_text: z.literal(true),
    handle_chinese_chars: z.literal(true),
    lowercase: z.literal(true),
  }),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  model: z.object({
    type: z.literal('WordPiece'),
    unk_token: z.string(),
    continuing_subword_prefix: z.literal(WORD_PART),
    vocab: z.record(z.string(), z.int().nonnegative()),
  }),
});

export interface EmbedderSource {
  /** The bytes of `model.fp16.safetensors`. */
  readonly weights: Uint8Array;
  /** `config.json` and `tokenizer.json`, parsed. */
  readonly config: unknown;
  readonly tokenizer: unknown;
}

/** The file that the recipe makes, and what clients are told of it. */
export const EMBEDDER = {
  name: 'all-MiniLM-L6-v2',
  dimensions: 384,
  /** Tokens of a text, the two around it included. */
  contextTokens: 512,
  sha256: '19ad1e6739d17b85f71f5ac48051b631aea501db34fa03cc1e0caa946d8bd6b7',
  sizeBytes: 46_220_416,
} as const;

/**
 * Yields the GGUF file in order. The same source gives the same bytes on every computer.
 *
 * @throws Error when the source is not the model that this recipe knows
 */
export function* convertEmbedder(source: EmbedderSource): Generator<Uint8Array, void, undefined> {
  const config = configSchema.parse(source.config);
  const weights = readSafeTensors(source.weights);
  yield* encodeGguf(
    [...modelEntries(config), ...vocabularyEntries(source.tokenizer, config.vocab_size)],
    modelTensors(config, weights),
  );
}

function modelEntries(config: Config): readonly GgufEntry[] {
  const whole = (key: string, value: number): GgufEntry => [`bert.${key}`, { type: 'u32', value }];
  return [
    ['general.architecture', { type: 'string', value: 'bert' }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: EMBEDDER.name }],
    ['general.license', { type: 'string', value: 'apache-2.0' }],
    ['general.file_type', { type: 'u32', value: FILE_TYPE_F16 }],
    whole('context_length', config.max_position_embeddings),
    whole('embedding_length', config.hidden_size),
    whole('feed_forward_length', config.intermediate_size),
    whole('block_count', config.num_hidden_layers),
    whole('attention.head_count', config.num_attention_heads),
    whole('pooling_type', POOLING_MEAN),
    ['bert.attention.causal', { type: 'bool', value: false }],
    ['bert.attention.layer_norm_epsilon', { type: 'f32', value: config.layer_norm_eps }],
  ];
}

function vocabularyEntries(tokenizer: unknown, size: number): readonly GgufEntry[] {
  const { model } = tokenizerSchema.parse(tokenizer);
  const texts = new Array<string>(size).fill('');
  for (const [text, id] of Object.entries(model.vocab)) {
    if (id >= size || texts[id] !== '') throw new Error(`token ${String(id)} is out of place`);
    texts[id] = text;
  }
  const idOf = (text: string) => {
    const id = texts.indexOf(text);
    if (id < 0) throw new Error(`the vocabulary lacks ${text}`);
    return id;
  };
  const special = (key: string, text: string): GgufEntry => [
    `tokenizer.ggml.${key}_token_id`,
    { type: 'u32', value: idOf(text) },
  ];
  const types = texts.map((text) => {
    if (text === model.unk_token) return TOKEN_TYPE.unknown;
    return isSpecial(text) ? TOKEN_TYPE.control : TOKEN_TYPE.normal;
  });
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'bert' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'default' }],
    ['tokenizer.ggml.token_type_count', { type: 'u32', value: 2 }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: texts.map(phantomSpaced) }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'i32', values: types }],
    special('bos', '[CLS]'),
    special('eos', '[SEP]'),
    special('cls', '[CLS]'),
    special('seperator', '[SEP]'),
    special('unknown', model.unk_token),
    special('padding', '[PAD]'),
    special('mask', '[MASK]'),
  ];
}

/** GGUF marks where words begin, Hugging Face where they go on. */
function phantomSpaced(text: string): string {
  if (isSpecial(text)) return text;
  return text.startsWith(WORD_PART) ? text.slice(WORD_PART.length) : `${WORD_START}${text}`;
}

function isSpecial(text: string): boolean {
  return text.startsWith('[') && text.endsWith(']') && text.length > 2;
}

function modelTensors(config: Config, weights: SafeTensors): readonly GgufTensor[] {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const matrix = (name: string, source: string, inputs: number, outputs: number): GgufTensor => ({
    name,
    shape: [inputs, outputs],
    typeId: TYPE_ID.f16,
    bytes: () => weights.get(source, 'F16', [outputs, inputs]).bytes,
  });
  // llama.cpp adds and scales by these, which it does in 32 bits only.
  const exact = (name: string, source: string, shape: readonly number[]): GgufTensor => ({
    name,
    shape: shape.toReversed(),
    typeId: TYPE_ID.f32,
    bytes: () => widened(weights.get(source, 'F16', shape).bytes),
  });
  const dense = (name: string, source: string, inputs: number, outputs: number) => [
    matrix(`${name}.weight`, `${source}.weight`, inputs, outputs),
    exact(`${name}.bias`, `${source}.bias`, [outputs]),
  ];
  const norm = (name: string, source: string) => [
    exact(`${name}.weight`, `${source}.weight`, [hidden]),
    exact(`${name}.bias`, `${source}.bias`, [hidden]),
  ];
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) => {
    const at = `blk.${String(layer)}`;
    const from = `encoder.layer.${String(layer)}`;
    return [
      ...dense(`${at}.attn_q`, `${from}.attention.self.query`, hidden, hidden),
      ...dense(`${at}.attn_k`, `${from}.attention.self.key`, hidden, hidden),
      ...dense(`${at}.attn_v`, `${from}.attention.self.value`, hidden, hidden),
      ...dense(`${at}.attn_output`, `${from}.attention.output.dense`, hidden, hidden),
      ...norm(`${at}.attn_output_norm`, `${from}.attention.output.LayerNorm`),
      ...dense(`${at}.ffn_up`, `${from}.intermediate.dense`, hidden, inner),
      ...dense(`${at}.ffn_down`, `${from}.output.dense`, inner, hidden),
      ...norm(`${at}.layer_output_norm`, `${from}.output.LayerNorm`),
    ];
  });
  const embedding = (kind: string) => `embeddings.${kind}_embeddings.weight`;
  return [
    matrix('token_embd.weight', embedding('word'), hidden, config.vocab_size),
    exact('position_embd.weight', embedding('position'), [config.max_position_embeddings, hidden]),
    exact('token_types.weight', embedding('token_type'), [config.type_vocab_size, hidden]),
    ...norm('token_embd_norm', 'embeddings.LayerNorm'),
    ...layers.flat(),
  ];
}

/** 16-bit floats as 32-bit ones, both little endian. */
function widened(bytes: Uint8Array): Uint8Array {
  const from = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target = new Uint8Array(bytes.length * 2);
  const to = new DataView(target.buffer);
  for (let at = 0; at < bytes.length; at += 2)
    to.setFloat32(at * 2, fromHalf(from.getUint16(at, true)), true);
  return target;
}

/** The number that an IEEE 754 half holds. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
