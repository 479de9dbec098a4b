/** Turns a Hugging Face tokenizer, its configuration and its chat template into GGUF's tokenizer keys. */
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import type { GgufEntry } from './gguf-writer.ts';

/** GGUF's numbers for what a token is. */
const TOKEN_TYPE = { normal: 1, control: 3 } as const;

// Hugging Face files carry many more keys than matter here, so these objects are not strict.
const tokenizerSchema = z.object({
  added_tokens: z.array(
    z.object({ id: z.number().int(), content: z.string(), special: z.boolean() }),
  ),
  normalizer: z.null(),
  // Anything else would need another `tokenizer.ggml.pre`.
  pre_tokenizer: z.object({
    type: z.literal('ByteLevel'),
    add_prefix_space: z.literal(false),
    use_regex: z.literal(true),
  }),
  model: z.object({
    type: z.literal('BPE'),
    byte_fallback: z.literal(false),
    vocab: z.record(z.string(), z.number().int().nonnegative()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

const tokenizerConfigSchema = z.object({
  add_bos_token: z.boolean(),
  add_eos_token: z.boolean(),
  bos_token: z.string(),
  eos_token: z.string(),
  unk_token: z.string(),
  pad_token: z.string(),
  chat_template: z.string().min(1),
});

export interface TokenizerSource {
  /** Contents of `tokenizer.json`, parsed. */
  readonly tokenizer: unknown;
  /** Contents of `tokenizer_config.json`, parsed. */
  readonly config: unknown;
  readonly vocabularySize: number;
}

/** @throws AppError `starter-failed` when the tokenizer is of another kind or contradicts itself. */
export function tokenizerEntries(source: TokenizerSource): readonly GgufEntry[] {
  const { model, added_tokens: added } = check(tokenizerSchema, source.tokenizer, 'tokenizer.json');
  const config = check(tokenizerConfigSchema, source.config, 'tokenizer_config.json');
  const tokens = orderedTokens({ ...model.vocab, ...idsOf(added) }, source.vocabularySize);
  const control = new Set(added.filter(({ special }) => special).map(({ id }) => id));
  const idOf = (token: string): number => {
    const id = tokens.indexOf(token);
    if (id < 0) throw broken(`its vocabulary lacks ${token}`);
    return id;
  };
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'gpt-2' }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', values: tokens }],
    [
      'tokenizer.ggml.token_type',
      { type: 'array', of: 'i32', values: tokenTypes(tokens, control) },
    ],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', values: model.merges.map(mergeText) }],
    ['tokenizer.ggml.bos_token_id', { type: 'u32', value: idOf(config.bos_token) }],
    ['tokenizer.ggml.eos_token_id', { type: 'u32', value: idOf(config.eos_token) }],
    ['tokenizer.ggml.unknown_token_id', { type: 'u32', value: idOf(config.unk_token) }],
    ['tokenizer.ggml.padding_token_id', { type: 'u32', value: idOf(config.pad_token) }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: config.add_bos_token }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: config.add_eos_token }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: false }],
    ['tokenizer.chat_template', { type: 'string', value: config.chat_template }],
  ];
}

/** Parses `value` or says which of the source's files is not as it should be. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  fileName: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new AppError('starter-failed', {
    details: `The source model's ${fileName} is not as expected at "${where}".`,
    cause: parsed.error,
  });
}

function idsOf(added: readonly { readonly id: number; readonly content: string }[]) {
  return Object.fromEntries(added.map(({ id, content }) => [content, id]));
}

function orderedTokens(vocabulary: Readonly<Record<string, number>>, size: number): string[] {
  const tokens = new Array<string | undefined>(size).fill(undefined);
  for (const [token, id] of Object.entries(vocabulary)) {
    if (id >= size || tokens[id] !== undefined) throw broken(`token ${String(id)} is out of place`);
    tokens[id] = token;
  }
  return tokens.map((token, id) => {
    if (token === undefined) throw broken(`token ${String(id)} has no text`);
    return token;
  });
}

function tokenTypes(tokens: readonly string[], control: ReadonlySet<number>): number[] {
  return tokens.map((_, id) => (control.has(id) ? TOKEN_TYPE.control : TOKEN_TYPE.normal));
}

function mergeText(merge: string | readonly [string, string]): string {
  return typeof merge === 'string' ? merge : merge.join(' ');
}

function broken(what: string): AppError {
  return new AppError('starter-failed', { details: `The source model's tokenizer: ${what}.` });
}
