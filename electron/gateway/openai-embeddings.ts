/** POST /v1/embeddings: its body, and the answer in the shape that clients read. */
import { z } from 'zod';
import { toAppError } from '../platform/app-error.ts';
import type { HttpReply } from '../platform/http-reply.ts';
import { badRequest, failureFor, sendFailure, type OpenAiFailure } from './openai-errors.ts';
import { MAX_MODEL_NAME_LENGTH } from './openai-shapes.ts';
import { isFields } from './openai-unsupported.ts';
import type { EmbedCall, EmbedBackend, Embedded } from './ports.ts';

/** As the OpenAI API bounds them. */
const MAX_INPUTS = 2048;
/** Tokens of one input that are given as ids; far more than any model here reads. */
const MAX_INPUT_TOKENS = 8192;
/** Of all inputs together, in UTF-16 units or tokens. */
const MAX_TOTAL_LENGTH = 1_000_000;

const INPUT_WORDS =
  `must be a text, a list of up to ${String(MAX_INPUTS)} texts, or token ids as one list or a list of lists; ` +
  'none may be empty';
const MODEL_WORDS = `must be a name of 1 to ${String(MAX_MODEL_NAME_LENGTH)} characters`;

const text = z.string().min(1).max(MAX_TOTAL_LENGTH);
const tokens = z
  .array(
    z
      .int()
      .min(0)
      .max(2 ** 31 - 1),
  )
  .min(1)
  .max(MAX_INPUT_TOKENS);

const bodySchema = z.object({
  model: z
    .string({ error: MODEL_WORDS })
    .min(1, { error: MODEL_WORDS })
    .max(MAX_MODEL_NAME_LENGTH, { error: MODEL_WORDS }),
  input: z.union(
    [text, z.array(text).min(1).max(MAX_INPUTS), tokens, z.array(tokens).min(1).max(MAX_INPUTS)],
    { error: INPUT_WORDS },
  ),
  encoding_format: z.enum(['float', 'base64'], { error: "must be 'float' or 'base64'" }).nullish(),
  dimensions: z.int({ error: 'must be a whole number' }).nullish(),
  user: z.string({ error: 'must be a text' }).nullish(),
});

export interface ParsedEmbed {
  readonly call: EmbedCall;
  readonly isBase64: boolean;
  /** What the client wants; null when it takes what comes. */
  readonly dimensions: number | null;
}

export type EmbedParse =
  | { readonly ok: true; readonly value: ParsedEmbed }
  | { readonly ok: false; readonly failure: OpenAiFailure };

/** Reads any JSON value; never throws. */
function parseEmbedBody(body: unknown): EmbedParse {
  if (!isFields(body)) return refuse('The body must be a JSON object.', null);
  if (isTooMuch(body['input'])) return refuse(`'input': ${INPUT_WORDS}.`, 'input');
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = String(issue?.path[0] ?? 'input');
    return refuse(`'${param}': ${issue?.message ?? 'is not valid'}.`, param);
  }
  const { data } = parsed;
  const inputs = toInputs(data.input);
  if (inputs.reduce((sum, each) => sum + each.length, 0) > MAX_TOTAL_LENGTH) {
    const most = String(MAX_TOTAL_LENGTH);
    return refuse(`'input': must not hold more than ${most} characters or tokens.`, 'input');
  }
  const call = { model: data.model, inputs };
  const isBase64 = data.encoding_format === 'base64';
  return { ok: true, value: { call, isBase64, dimensions: data.dimensions ?? null } };
}

/** Counted before anything looks closer: a schema takes long over many. */
function isTooMuch(input: unknown): boolean {
  const list = Array.isArray(input) ? input : [];
  const isLong = (value: unknown) => Array.isArray(value) && value.length > MAX_INPUT_TOKENS;
  if (isLong(list) || list.some(isLong)) return true;
  return list.length > MAX_INPUTS && typeof list[0] !== 'number';
}

function toInputs(input: z.infer<typeof bodySchema>['input']): EmbedCall['inputs'] {
  if (typeof input === 'string') return [input];
  // A list of numbers is one input.
  return input.every((each) => typeof each === 'number') ? [input] : input;
}

export async function answerEmbeddings(
  backend: EmbedBackend,
  body: unknown,
  reply: HttpReply,
  signal: AbortSignal,
): Promise<void> {
  const parsed = parseEmbedBody(body);
  if (!parsed.ok) {
    sendFailure(reply, parsed.failure);
    return;
  }
  const { call, isBase64, dimensions } = parsed.value;
  try {
    const embedded = await backend.embed(call, signal);
    const width = embedded.vectors[0]?.length ?? 0;
    if (dimensions !== null && dimensions !== width) {
      const words = `'dimensions': this model's vectors have ${String(width)} numbers and cannot be cut.`;
      sendFailure(reply, badRequest(words, 'dimensions', 'invalid_request'));
      return;
    }
    reply.json(200, toEmbeddingList(embedded, isBase64));
  } catch (error) {
    sendFailure(reply, failureFor(toAppError(error)));
  }
}

function toEmbeddingList({ model, vectors, tokens }: Embedded, isBase64: boolean) {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: isBase64 ? toBase64(vector) : Array.from(vector),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Little-endian 32-bit floats, which the official clients ask for. */
function toBase64(vector: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, index) => {
    bytes.setFloat32(index * 4, value, true);
  });
  return Buffer.from(bytes.buffer).toString('base64');
}

function refuse(message: string, param: string | null): EmbedParse {
  return { ok: false, failure: badRequest(message, param, 'invalid_request') };
}
