/** Turns the events of one answer into one JSON completion or into server-sent chunks. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Clock } from '../platform/clock.ts';
import {
  DONE_FRAME,
  frame,
  KEEP_ALIVE_FRAME,
  toChunk,
  toCompletion,
  toUsageChunk,
  type AnswerStamp,
  type Delta,
  type FinishReason,
  type Said,
} from './openai-answers.ts';
import { failureFor, sendFailure } from './openai-errors.ts';
import type { ChatEvent, TokensEvent } from './ports.ts';
import type { EndReason } from '../protocol/generate.ts';
import type { EventStream, HttpReply } from '../platform/http-reply.ts';

/** How often a silent stream says that it is alive. */
export const KEEP_ALIVE_MS = 15_000;
/** Kept for a reader that is behind, in UTF-16 units; one that falls further back is cut off. */
export const MAX_PENDING_LENGTH = 1024 * 1024;

export interface AnswerOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly includeUsage: boolean;
}

/** About what a rated text takes in JSON. */
const RATED_LENGTH = 80;
const NOTHING: Said = { text: '', logprobs: null };

type Events = AsyncIterable<ChatEvent>;
type Start = Extract<ChatEvent, { type: 'start' }>;
type End = Extract<ChatEvent, { type: 'end' }>;

/** Answers with one JSON body when all text is there. */
export async function answerWhole(
  events: Events,
  reply: HttpReply,
  options: AnswerOptions,
): Promise<void> {
  try {
    const parts: TokensEvent[] = [];
    let start: Start | null = null;
    for await (const event of events) {
      if (event.type === 'start') start = event;
      else if (event.type === 'tokens') parts.push(event);
      else {
        const stamp = stampFor(options, start);
        const end = finishReason(event.reason);
        reply.json(200, toCompletion(stamp, joined(parts), end, event.counts));
        return;
      }
    }
    throw withoutEnd();
  } catch (error) {
    sendFailure(reply, failureFor(toAppError(error)));
  }
}

/**
 * Answers with chunks as text comes. Failures before the first byte are HTTP errors; later ones are an `error`
 * event, and the stream then ends without `[DONE]`.
 */
export async function answerStreamed(
  events: Events,
  reply: HttpReply,
  options: AnswerOptions,
): Promise<void> {
  const writer = createChunkWriter(reply, options);
  const stopKeepAlive = options.clock.every(KEEP_ALIVE_MS, () => {
    writer.keepAlive();
  });
  try {
    for await (const event of events) {
      switch (event.type) {
        case 'start':
          writer.start(event);
          break;
        case 'tokens':
          writer.tokens(event);
          break;
        case 'end':
          writer.end(event);
          return;
        default:
          assertNever(event);
      }
    }
    throw withoutEnd();
  } catch (error) {
    writer.fail(toAppError(error));
  } finally {
    stopKeepAlive();
  }
}

function createChunkWriter(reply: HttpReply, options: AnswerOptions) {
  let stamp = stampFor(options, null);
  let stream: EventStream | null = null;
  let pending: TokensEvent[] = [];
  let pendingLength = 0;
  let blocked = false;
  let silent = true;

  const open = (): EventStream => {
    if (stream) return stream;
    stream = reply.events();
    stream.onDrain(() => {
      blocked = false;
      flush();
    });
    return stream;
  };
  const write = (text: string): void => {
    silent = false;
    if (!open().write(text)) blocked = true;
  };
  const chunk = (delta: Delta, end: FinishReason | null, said: Said = NOTHING): void => {
    const { logprobs } = said;
    write(frame(toChunk(stamp, { delta, end, logprobs }, options.includeUsage)));
  };
  const flush = (): void => {
    const said = joined(pending);
    pending = [];
    pendingLength = 0;
    if (said.text === '' && !said.logprobs?.length) return;
    chunk({ content: said.text }, null, said);
  };

  return {
    start(event: Start): void {
      stamp = stampFor(options, event);
      chunk({ role: 'assistant', content: '', refusal: null }, null);
    },
    tokens(event: TokensEvent): void {
      pending.push(event);
      pendingLength += lengthOf(event);
      if (!blocked) flush();
      else if (pendingLength > MAX_PENDING_LENGTH) open().cut();
    },
    end(event: End): void {
      const reason = finishReason(event.reason);
      flush();
      chunk({}, reason);
      if (options.includeUsage) write(frame(toUsageChunk(stamp, event.counts)));
      write(DONE_FRAME);
      open().end();
    },
    fail(error: AppError): void {
      if (!stream) {
        sendFailure(reply, failureFor(error));
        return;
      }
      flush();
      write(frame(failureFor(error).body));
      stream.end();
    },
    keepAlive(): void {
      if (silent && !blocked) write(KEEP_ALIVE_FRAME);
      silent = true;
    },
  };
}

function joined(events: readonly TokensEvent[]): Said {
  const isRated = events.some(({ logprobs }) => logprobs !== undefined);
  return {
    text: events.map(({ text }) => text).join(''),
    logprobs: isRated ? events.flatMap(({ logprobs }) => logprobs ?? []) : null,
  };
}

function lengthOf({ text, logprobs = [] }: TokensEvent): number {
  const rated = logprobs.reduce((sum, { top }) => sum + 1 + top.length, 0);
  return text.length + rated * RATED_LENGTH;
}

function stampFor(options: AnswerOptions, start: Start | null): AnswerStamp {
  return {
    id: options.id,
    created: Math.floor(options.clock.nowMs() / 1000),
    model: start?.model ?? '',
    fingerprint: start?.fingerprint ?? '',
  };
}

function finishReason(reason: EndReason): FinishReason {
  // The client itself is gone when it cancels, so whoever still listens was cut short by Lull.
  if (reason === 'cancelled') throw new AppError('cancelled');
  return reason;
}

function withoutEnd(): Error {
  return new Error('an answer stopped without an end event');
}
