/** Decides which engine answers for a model name; today that is always the one on this computer. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type {
  ChatCall,
  ChatEvent,
  CurrentModel,
  EmbedCall,
  Embedded,
  EmbedPort,
  EnginePort,
  ListedModel,
} from './ports.ts';
import { unknownModel } from './unknown-model.ts';

/** The name for "whatever Lull thinks best", and the name for "only on this computer". */
export const MODEL_ALIASES = ['lull-default', 'local'] as const;

/** The name for "the model that embeds", whichever it is. */
export const EMBED_ALIAS = 'lull-embed';

export interface Gateway {
  /** Those that chat, if one is open, and the one that embeds. */
  models(): readonly ListedModel[];
  /**
   * Streams an answer. @throws AppError while iterating: `no-model`, `not-found` for an unknown name, and
   * whatever the engine throws.
   */
  chat(call: ChatCall, signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** @throws AppError `not-found` for an unknown name, and whatever the embedding model throws */
  embed(call: EmbedCall, signal: AbortSignal): Promise<Embedded>;
}

export interface GatewayPorts {
  readonly engine: EnginePort;
  readonly embedder: EmbedPort;
  readonly currentModel: () => CurrentModel | null;
  readonly clock: Clock;
}

export function createGateway({ engine, embedder, currentModel, clock }: GatewayPorts): Gateway {
  const createdAtMs = clock.nowMs();

  function models(): readonly ListedModel[] {
    return [...chatModels(), ...embedModels()];
  }

  function embedModels(): readonly ListedModel[] {
    const { name } = embedder;
    return [EMBED_ALIAS, name].map((id) => ({ id, name, createdAtMs }));
  }

  function chatModels(): readonly ListedModel[] {
    const model = currentModel();
    if (!model) return [];
    // By name, not by id: the id of an opened file is its path, which is nobody's business in a list.
    const ids = new Set<string>([...MODEL_ALIASES, model.name]);
    return [...ids].map((id) => ({ id, name: model.name, createdAtMs }));
  }

  function resolve(name: string): CurrentModel {
    const isAlias = MODEL_ALIASES.some((alias) => alias === name);
    const model = currentModel();
    if (model && (isAlias || name === model.id || name === model.name)) return model;
    throw !model && isAlias ? new AppError('no-model') : unknownModel(chatModels());
  }

  async function* chat(call: ChatCall, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    const model = resolve(call.model);
    for await (const event of engine.generate(call.request, signal)) {
      if (event.type === 'start') {
        yield { type: 'start', model: model.name, fingerprint: model.fingerprint };
      } else if (event.type === 'tokens') {
        yield { type: 'tokens', text: event.text, logprobs: event.logprobs };
      } else {
        yield { type: 'end', reason: event.reason, counts: event.counts };
      }
    }
  }

  async function embed(call: EmbedCall, signal: AbortSignal): Promise<Embedded> {
    const { name } = embedder;
    if (call.model !== name && call.model !== EMBED_ALIAS) throw unknownModel(embedModels());
    return { model: name, ...(await embedder.embed(call.inputs, signal)) };
  }

  return { models, chat, embed };
}
