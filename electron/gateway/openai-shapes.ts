/** The body of POST /v1/chat/completions: its schema, and the engine's request that it means. */
import { z } from 'zod';
import { CONTENT_WORDS, findTooMuch, MESSAGES_WORDS } from './openai-bounds.ts';
import { badRequest, type OpenAiFailure } from './openai-errors.ts';
import { findUnsupported, isFields } from './openai-unsupported.ts';
import type { ChatCall } from './ports.ts';
import {
  DEFAULT_SAMPLING,
  type ChatTurn,
  type GenerateRequest,
  type Sampling,
} from '../protocol/generate.ts';

export const MAX_TOP_LOGPROBS = 20;
export const MAX_STOPS = 4;
export const MAX_STOP_LENGTH = 512;
/** A model may be named by the path of its file. */
export const MAX_MODEL_NAME_LENGTH = 4096;

/** llama.cpp reads the largest 32-bit number as "any seed", so seeds are kept below it. */
const SEED_MODULUS = 2 ** 32 - 1;

// Every check has words of ours, which follow the field's name in a sentence: the library's own name its types.
const numberFrom = (min: number, max: number) => {
  const error = `must be a number from ${String(min)} to ${String(max)}`;
  return z.number({ error }).min(min, { error }).max(max, { error }).nullish();
};
const wholeFrom = (min: number, max: number) => {
  const error = `must be a whole number from ${String(min)} to ${String(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).nullish();
};
const flag = z.boolean({ error: 'must be true or false' }).nullish();
const text = (error: string, max: number) => z.string({ error }).max(max, { error });

const TOKENS_WORDS = 'must be a whole number of 1 or more, or -1 for no limit';
/** llama-server's -1 for "no limit" is accepted beside OpenAI's 1 and more. */
const tokenLimit = z
  .int({ error: TOKENS_WORDS })
  .refine((value) => value === -1 || value >= 1, TOKENS_WORDS)
  .nullish();

const STOP_WORDS = `must be a text or up to ${String(MAX_STOPS)} texts of at most ${String(MAX_STOP_LENGTH)} characters`;
const stopText = text(
  `must be a text of at most ${String(MAX_STOP_LENGTH)} characters`,
  MAX_STOP_LENGTH,
);

const MODEL_WORDS = `must be a name of 1 to ${String(MAX_MODEL_NAME_LENGTH)} characters`;

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const message = z
  .object(
    {
      role: z.enum(['system', 'developer', 'user', 'assistant'], {
        error: "must be 'system', 'developer', 'user' or 'assistant'",
      }),
      content: z
        .union([z.string(), z.array(textPart).min(1, { error: CONTENT_WORDS })], {
          error: CONTENT_WORDS,
        })
        .nullable(),
    },
    { error: 'must be an object' },
  )
  // Clients send an answer back as they got it, and one that called tools elsewhere may have had no text.
  .refine(({ role, content }) => content !== null || role === 'assistant', {
    path: ['content'],
    error: CONTENT_WORDS,
  });

export const chatBodySchema = z.object({
  model: text(MODEL_WORDS, MAX_MODEL_NAME_LENGTH).min(1, { error: MODEL_WORDS }),
  messages: z.array(message, { error: MESSAGES_WORDS }).min(1, { error: MESSAGES_WORDS }),
  stream: flag,
  stream_options: z.object({ include_usage: flag }, { error: 'must be an object' }).nullish(),
  temperature: numberFrom(0, 2),
  top_p: numberFrom(0, 1),
  /** 0 and llama-server's -1 mean all tokens. */
  top_k: wholeFrom(-1, 1_000_000),
  min_p: numberFrom(0, 1),
  seed: z.int({ error: 'must be a whole number' }).nullish(),
  stop: z
    .union([stopText, z.array(stopText).max(MAX_STOPS, { error: STOP_WORDS })], {
      error: STOP_WORDS,
    })
    .nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  frequency_penalty: numberFrom(-2, 2),
  presence_penalty: numberFrom(-2, 2),
  logprobs: flag,
  top_logprobs: wholeFrom(0, MAX_TOP_LOGPROBS),
  /** `flex` may wait for others; every other tier is answered alike. */
  service_tier: z.string({ error: 'must be a text' }).nullish(),
  user: z.string({ error: 'must be a text' }).nullish(),
});

export type ChatBody = z.infer<typeof chatBodySchema>;

export interface ParsedChat {
  readonly call: ChatCall;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

export type ChatParse =
  | { readonly ok: true; readonly value: ParsedChat }
  | { readonly ok: false; readonly failure: OpenAiFailure };

/** Reads any JSON value; never throws. */
export function parseChatBody(body: unknown): ChatParse {
  if (!isFields(body)) return refuse('The body must be a JSON object.', null);
  const tooMuch = findTooMuch(body['messages']);
  if (tooMuch) return refuseField(tooMuch.param, tooMuch.words);
  const unsupported = findUnsupported(body);
  if (unsupported) return refuse(unsupported.message, unsupported.param, 'unsupported_parameter');
  const parsed = chatBodySchema.safeParse(body);
  if (!parsed.success) return refuseIssue(parsed.error.issues[0]);
  const { data } = parsed;
  if (isSet(data.max_tokens) && isSet(data.max_completion_tokens)) {
    return refuse("Give either 'max_tokens' or 'max_completion_tokens'.", 'max_tokens');
  }
  const stream = data.stream ?? false;
  if (isSet(data.stream_options) && !stream) {
    return refuse("'stream_options' is only allowed when 'stream' is true.", 'stream_options');
  }
  if ((data.top_logprobs ?? 0) > 0 && data.logprobs !== true) {
    return refuse("'top_logprobs' is only allowed when 'logprobs' is true.", 'top_logprobs');
  }
  const includeUsage = data.stream_options?.include_usage ?? false;
  const call = { model: data.model, request: toGenerateRequest(data) };
  return { ok: true, value: { call, stream, includeUsage } };
}

export function toGenerateRequest(body: ChatBody): GenerateRequest {
  const limit = body.max_completion_tokens ?? body.max_tokens ?? null;
  return {
    turns: body.messages.map(toTurn),
    sampling: toSampling(body),
    maxTokens: limit === -1 ? null : limit,
    // An empty one would stop everything; llama-server passes over it too.
    stop: [body.stop ?? []].flat().filter((stop) => stop !== ''),
    ...(body.logprobs === true && { topLogprobs: body.top_logprobs ?? 0 }),
    ...(body.service_tier === 'flex' && { priority: 'can-wait' }),
  };
}

function toTurn({ role, content }: ChatBody['messages'][number]): ChatTurn {
  return {
    // `developer` is what newer clients call the system message.
    role: role === 'developer' ? 'system' : role,
    text: Array.isArray(content) ? content.map((part) => part.text).join('') : (content ?? ''),
  };
}

function toSampling(body: ChatBody): Sampling {
  const given = body.seed ?? null;
  return {
    temperature: body.temperature ?? DEFAULT_SAMPLING.temperature,
    topP: body.top_p ?? DEFAULT_SAMPLING.topP,
    topK: Math.max(0, body.top_k ?? DEFAULT_SAMPLING.topK),
    minP: body.min_p ?? DEFAULT_SAMPLING.minP,
    seed: given === null ? null : ((given % SEED_MODULUS) + SEED_MODULUS) % SEED_MODULUS,
    frequencyPenalty: body.frequency_penalty ?? DEFAULT_SAMPLING.frequencyPenalty,
    presencePenalty: body.presence_penalty ?? DEFAULT_SAMPLING.presencePenalty,
  };
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function refuseIssue(issue: z.core.$ZodIssue | undefined): ChatParse {
  return refuseField(pathText(issue?.path ?? []), issue?.message ?? 'is not valid');
}

/** @param words of ours; `'temperature': must be a number from 0 to 2.` is a whole message. */
function refuseField(param: string, words: string): ChatParse {
  return refuse(`'${param}': ${words}.`, param);
}

/** `['messages', 0, 'content']` as `messages[0].content`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${String(key)}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function refuse(message: string, param: string | null, code = 'invalid_request'): ChatParse {
  return { ok: false, failure: badRequest(message, param, code) };
}
