/** The routes of the OpenAI-compatible endpoint; whoever calls them has already checked who is asking. */
import { toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { answerStreamed, answerWhole } from './chat-answer.ts';
import { toModel, toModelList } from './openai-answers.ts';
import { answerEmbeddings } from './openai-embeddings.ts';
import { badRequest, failureFor, sendFailure } from './openai-errors.ts';
import { MAX_MODEL_NAME_LENGTH, parseChatBody } from './openai-shapes.ts';
import type { ChatBackend, EmbedBackend } from './ports.ts';
import { unknownModel } from './unknown-model.ts';
import type { HttpReply } from '../platform/http-reply.ts';

export interface ApiRoute {
  readonly method: 'GET' | 'POST';
  /** Whether it answers without a token. */
  readonly open: boolean;
  /** `body` is the parsed JSON of a POST, undefined otherwise. */
  answer(body: unknown, reply: HttpReply, signal: AbortSignal): Promise<void>;
}

export interface OpenAiApi {
  /** @param path without its query. Null when there is nothing. */
  find(path: string): ApiRoute | null;
}

export interface OpenAiApiPorts {
  readonly backend: ChatBackend & EmbedBackend;
  readonly clock: Clock;
  readonly random: Random;
}

const MODEL_PREFIX = '/v1/models/';

export function createOpenAiApi(ports: OpenAiApiPorts): OpenAiApi {
  const fixed: Readonly<Record<string, ApiRoute>> = {
    '/health': {
      method: 'GET',
      open: true,
      answer(_body, reply) {
        reply.json(200, { status: 'ok' });
        return Promise.resolve();
      },
    },
    '/v1/models': {
      method: 'GET',
      open: false,
      answer: (_body, reply) => listModels(ports, reply),
    },
    '/v1/chat/completions': {
      method: 'POST',
      open: false,
      answer: (body, reply, signal) => chat(ports, body, reply, signal),
    },
    '/v1/embeddings': {
      method: 'POST',
      open: false,
      answer: (body, reply, signal) => answerEmbeddings(ports.backend, body, reply, signal),
    },
    '/v1/rerank': { method: 'POST', open: false, answer: refuseRerank },
  };
  return {
    find(path) {
      if (Object.hasOwn(fixed, path)) return fixed[path] ?? null;
      const id = path.startsWith(MODEL_PREFIX) ? decode(path.slice(MODEL_PREFIX.length)) : null;
      if (id === null || id === '' || id.length > MAX_MODEL_NAME_LENGTH) return null;
      return {
        method: 'GET',
        open: false,
        answer: (_body, reply) => showModel(ports, id, reply),
      };
    },
  };
}

function refuseRerank(_body: unknown, reply: HttpReply): Promise<void> {
  const message = 'Reranking is not supported yet: Lull has no model for it.';
  sendFailure(reply, badRequest(message, null, 'unsupported_endpoint'));
  return Promise.resolve();
}

async function listModels({ backend }: OpenAiApiPorts, reply: HttpReply): Promise<void> {
  try {
    reply.json(200, toModelList(await backend.models()));
  } catch (error) {
    sendFailure(reply, failureFor(toAppError(error)));
  }
}

async function showModel(ports: OpenAiApiPorts, id: string, reply: HttpReply): Promise<void> {
  try {
    const models = await ports.backend.models();
    const model = models.find((candidate) => candidate.id === id);
    if (!model) throw unknownModel(models);
    reply.json(200, toModel(model));
  } catch (error) {
    sendFailure(reply, failureFor(toAppError(error)));
  }
}

async function chat(
  { backend, clock, random }: OpenAiApiPorts,
  body: unknown,
  reply: HttpReply,
  signal: AbortSignal,
): Promise<void> {
  const parsed = parseChatBody(body);
  if (!parsed.ok) {
    sendFailure(reply, parsed.failure);
    return;
  }
  const { call, stream, includeUsage } = parsed.value;
  const answer = stream ? answerStreamed : answerWhole;
  const id = `chatcmpl-${random.id().replaceAll('-', '')}`;
  await answer(backend.chat(call, signal), reply, { id, clock, includeUsage });
}

/** Null for a path that is no valid percent-encoding. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
