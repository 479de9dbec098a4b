/** Answers in the shapes of the OpenAI API: completion, chunk, model list, and server-sent event frames. */
import type { ListedModel } from './ports.ts';
import { toLogprobs } from './openai-logprobs.ts';
import type { Counts, TokenLogprob } from '../protocol/generate.ts';

/** What stays the same through all parts of one answer. */
export interface AnswerStamp {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
}

export type FinishReason = 'stop' | 'length';

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

export interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly refusal?: null;
}

export const DONE_FRAME = 'data: [DONE]\n\n';
/** A comment: clients skip it, and it keeps the connection alive while the engine is busy. */
export const KEEP_ALIVE_FRAME = ': still working\n\n';

/** JSON never holds a raw line break, so one value is always one `data:` line. */
export function frame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function toUsage(counts: Counts): Usage {
  return {
    prompt_tokens: counts.prompt,
    completion_tokens: counts.output,
    total_tokens: counts.prompt + counts.output,
    prompt_tokens_details: { cached_tokens: counts.cached },
  };
}

/** What one completion or chunk says. */
export interface Said {
  readonly text: string;
  /** Of its tokens; null when nobody asked. */
  readonly logprobs: readonly TokenLogprob[] | null;
}

export function toCompletion(stamp: AnswerStamp, said: Said, end: FinishReason, counts: Counts) {
  return {
    id: stamp.id,
    object: 'chat.completion',
    created: stamp.created,
    model: stamp.model,
    system_fingerprint: stamp.fingerprint,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: said.text, refusal: null },
        logprobs: toLogprobs(said.logprobs),
        finish_reason: end,
      },
    ],
    usage: toUsage(counts),
  } as const;
}

/** What one chunk adds. */
export interface Added {
  readonly delta: Delta;
  readonly end: FinishReason | null;
  /** Of the tokens in it; null when nobody asked, or there are none. */
  readonly logprobs: readonly TokenLogprob[] | null;
}

/** @param withUsage whether usage was asked for: every chunk but the last then says null. */
export function toChunk(stamp: AnswerStamp, { delta, end, logprobs }: Added, withUsage: boolean) {
  return {
    ...chunkHead(stamp),
    choices: [{ index: 0, delta, logprobs: toLogprobs(logprobs), finish_reason: end }],
    ...(withUsage ? { usage: null } : {}),
  } as const;
}

export function toUsageChunk(stamp: AnswerStamp, counts: Counts) {
  return { ...chunkHead(stamp), choices: [], usage: toUsage(counts) } as const;
}

function chunkHead(stamp: AnswerStamp) {
  return {
    id: stamp.id,
    object: 'chat.completion.chunk',
    created: stamp.created,
    model: stamp.model,
    system_fingerprint: stamp.fingerprint,
  } as const;
}

export function toModel(model: ListedModel) {
  return {
    id: model.id,
    object: 'model',
    created: Math.floor(model.createdAtMs / 1000),
    owned_by: 'lull',
    /** Not in OpenAI's shape; clients ignore it. */
    name: model.name,
  } as const;
}

export function toModelList(models: readonly ListedModel[]) {
  return { object: 'list', data: models.map(toModel) } as const;
}
