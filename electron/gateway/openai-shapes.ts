/** The body of POST /v1/chat/completions: its schema, and the engine's request that it means. */
import { z } from 'zod';
import { badRequest, type OpenAiFailure } from './openai-errors.ts';
import { findUnsupported, isFields } from './openai-unsupported.ts';
import type { ChatCall, ChatTurn, GenerateRequest, Sampling } from './ports.ts';

export const MAX_MESSAGES = 4096;
export const MAX_STOPS = 4;
export const MAX_STOP_LENGTH = 512;
/** A model may be named by the path of its file. */
export const MAX_MODEL_NAME_LENGTH = 4096;

/** What a request that says nothing gets: what local models are tuned for, not OpenAI's 1 and 1. */
export const DEFAULT_SAMPLING: Sampling = {
  temperature: 0.7,
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  seed: null,
  frequencyPenalty: 0,
  presencePenalty: 0,
};

/** llama.cpp reads the largest 32-bit number as "any seed", so seeds are kept below it. */
const SEED_MODULUS = 2 ** 32 - 1;

const textPart = z.object({ type: z.literal('text'), text: z.string() });

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant'], {
    error: "must be 'system', 'developer', 'user' or 'assistant'",
  }),
  content: z.union([z.string(), z.array(textPart).min(1)], {
    error: 'must be a string or a list of text parts',
  }),
});

const stopText = z.string().min(1).max(MAX_STOP_LENGTH);
const penalty = z.number().min(-2).max(2).nullish();
/** llama-server's -1 for "no limit" is accepted beside OpenAI's 1 and more. */
const tokenLimit = z
  .int()
  .refine((value) => value === -1 || value >= 1, 'must be 1 or more, or -1 for no limit')
  .nullish();

export const chatBodySchema = z.object({
  model: z.string().min(1).max(MAX_MODEL_NAME_LENGTH),
  messages: z.array(message).min(1).max(MAX_MESSAGES),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  /** 0 and llama-server's -1 mean all tokens. */
  top_k: z.int().min(-1).max(1_000_000).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z
    .union([stopText, z.array(stopText).max(MAX_STOPS)], {
      error: `must be a text or up to ${String(MAX_STOPS)} texts of 1 to ${String(MAX_STOP_LENGTH)} characters`,
    })
    .nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  frequency_penalty: penalty,
  presence_penalty: penalty,
  user: z.string().nullish(),
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
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
  };
}

function toTurn({ role, content }: ChatBody['messages'][number]): ChatTurn {
  return {
    // `developer` is what newer clients call the system message.
    role: role === 'developer' ? 'system' : role,
    text: typeof content === 'string' ? content : content.map((part) => part.text).join(''),
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
  const param = pathText(issue?.path ?? []);
  return refuse(`'${param}': ${issue?.message ?? 'is not valid'}.`, param);
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
