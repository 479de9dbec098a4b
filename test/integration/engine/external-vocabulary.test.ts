/** How texts of another server are counted with a vocabulary that puts a space before every text. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadVocabulary } from '../../../electron/engine/llama-vocabulary-adapter.ts';
import { encodeGguf, type GgufEntry } from '../../../electron/models/gguf-writer.ts';

const WORDS = ['▁one', '▁two', '▁', 'one', 'two', 'o', 'n', 'e', 't', 'w', '▁o', '▁t', 'ne', 'wo'];
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${hex(byte)}>`);
const TOKENS = ['<unk>', '<s>', '</s>', ...BYTES, ...WORDS];
const TYPE = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lull-vocabulary-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('an answer in pieces has as many tokens as the whole', async () => {
  const file = path.join(folder, 'spaced.gguf');
  await writeFile(file, Buffer.concat([...encodeGguf(entries(), [])]));
  const vocabulary = await loadVocabulary(file, null);
  const idOf = (text: string) => TOKENS.indexOf(text);
  const pieces = ['one', ' two', ' one', 'two'].map((text) => vocabulary.tokenize(text));
  expect(pieces).toEqual(['one', '▁two', '▁one', 'two'].map((text) => [idOf(text)]));
});

function entries(): readonly GgufEntry[] {
  const whole = (key: string, value: number): GgufEntry => [key, { type: 'u32', value }];
  const types = TOKENS.map((text, id) => {
    if (id === 0) return TYPE.unknown;
    if (id < 3) return TYPE.control;
    return text.startsWith('<0x') ? TYPE.byte : TYPE.normal;
  });
  return [
    ['general.architecture', { type: 'string', value: 'llama' }],
    whole('llama.context_length', 256),
    whole('llama.embedding_length', 32),
    whole('llama.block_count', 1),
    whole('llama.feed_forward_length', 32),
    whole('llama.attention.head_count', 1),
    ['llama.attention.layer_norm_rms_epsilon', { type: 'f32', value: 1e-5 }],
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: TOKENS }],
    ['tokenizer.ggml.scores', { type: 'array', of: 'f32', values: TOKENS.map((_, id) => -id) }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'i32', values: types }],
    whole('tokenizer.ggml.bos_token_id', 1),
    whole('tokenizer.ggml.eos_token_id', 2),
    whole('tokenizer.ggml.unknown_token_id', 0),
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: true }],
  ];
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
