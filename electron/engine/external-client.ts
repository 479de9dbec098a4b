/** Asks an OpenAI-compatible server on the owner's own computer or network: Ollama, vLLM, llama-server and such. */
import { z } from 'zod';
import type { ExternalServer } from '../ipc/snapshot.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { GenerateRequest } from '../protocol/generate.ts';
import { assertAskable } from './external-address.ts';
import { createExternalReader, unusable, type ExternalEvent } from './external-events.ts';

export interface ExternalClient {
  /** @throws AppError `external-unavailable` when the server is not there or does not have the model */
  check(): Promise<void>;
  /**
   * Streams one answer. The server stops when its reader leaves.
   * @param maxTokens most tokens to write
   * @throws AppError `external-unavailable`, `engine-busy`; whatever `signal` was aborted with
   */
  ask(
    request: GenerateRequest & { readonly seed: number; readonly maxTokens: number },
    signal: AbortSignal,
  ): AsyncIterable<ExternalEvent>;
}

const CHECK_MS = 10_000;
/** A server that says nothing for so long, loading its model included, will not any more. */
const SILENCE_MS = 180_000;
const MAX_LIST_BYTES = 4_000_000;
const BUSY = new Set([429, 503]);

const listSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/** @throws AppError `bad-request` for an address that may not be asked */
export function createExternalClient({ baseUrl, model }: ExternalServer): ExternalClient {
  assertAskable(baseUrl);
  const at = (path: string) => `${baseUrl.replace(/\/+$/, '')}${path}`;

  return {
    async check() {
      const reply = await send(at('/models'), { signal: AbortSignal.timeout(CHECK_MS) });
      const names = await modelNames(reply).catch((cause: unknown) => {
        throw asExternal(cause);
      });
      if (names.includes(model)) return;
      const known = names.slice(0, 10).join(', ');
      throw unusable(`it does not have that model; it has ${known === '' ? 'none' : known}`);
    },
    async *ask(request, signal) {
      const silence = createSilence(SILENCE_MS);
      const limited = AbortSignal.any([signal, silence.signal]);
      try {
        const body = JSON.stringify(toBody(model, request));
        const headers = { 'content-type': 'application/json' };
        const reply = await send(at('/chat/completions'), {
          ...{ method: 'POST', headers, body, signal: limited },
        });
        yield* eventsOf(reply, silence);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw asExternal(error);
      } finally {
        silence.stop();
      }
    },
  };
}

/** Fields that only some servers know are ignored by the others. */
function toBody(
  model: string,
  request: GenerateRequest & { readonly seed: number; readonly maxTokens: number },
) {
  const { sampling } = request;
  return {
    model,
    stream: true,
    messages: request.turns.map(({ role, text }) => ({ role, content: text })),
    max_tokens: request.maxTokens,
    seed: request.seed,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    ...(request.stop.length > 0 && { stop: request.stop }),
  };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  // A server that sends somewhere else is not the one that its owner named.
  const reply = await fetch(url, { ...init, redirect: 'error' }).catch((cause: unknown) => {
    throw asExternal(cause);
  });
  if (reply.ok) return reply;
  await reply.body?.cancel();
  if (BUSY.has(reply.status)) throw new AppError('engine-busy', { details: 'the server is busy' });
  throw unusable(`it answers with HTTP status ${String(reply.status)}`);
}

async function modelNames(reply: Response): Promise<readonly string[]> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of bodyOf(reply)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_LIST_BYTES) throw unusable('its list of models is too long');
  }
  try {
    return listSchema.parse(JSON.parse(text)).data.map(({ id }) => id);
  } catch (cause) {
    throw unusable('its list of models is not that of an OpenAI-compatible server', cause);
  }
}

async function* eventsOf(reply: Response, silence: Silence): AsyncGenerator<ExternalEvent> {
  const reader = createExternalReader();
  for await (const bytes of bodyOf(reply)) {
    // Who takes the events may be long about it, which is no silence of the server's.
    silence.stop();
    for (const event of reader.push(bytes)) {
      yield event;
      if (event.type === 'end') return;
    }
    silence.heard();
  }
  throw unusable('it broke off in the middle of its answer');
}

function bodyOf({ body }: Response): AsyncIterable<Uint8Array> {
  if (body === null) throw unusable('its answer is empty');
  return body;
}

interface Silence {
  readonly signal: AbortSignal;
  heard(): void;
  stop(): void;
}

function createSilence(limitMs: number): Silence {
  const controller = new AbortController();
  const begin = () =>
    setTimeout(() => {
      controller.abort(unusable('it says nothing any more'));
    }, limitMs);
  let timer = begin();
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(timer);
      timer = begin();
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

function asExternal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const known = toAppError(error);
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : known.message;
  return unusable(`it cannot be reached (${code})`, error);
}
