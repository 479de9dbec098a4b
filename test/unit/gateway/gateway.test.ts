/** Which model names find the engine, and what the others are told. */
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../electron/gateway/gateway.ts';
import type { ChatEvent, EngineEvent, EnginePort } from '../../../electron/gateway/ports.ts';
import { createCountingEmbedder } from '../../fakes/counting-embedder.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { DEFAULT_SAMPLING, type GenerateRequest } from '../../../electron/protocol/generate.ts';

const MODEL = { id: '/models/small.gguf', name: 'Small 1B', fingerprint: 'f1' };
const COUNTS = { prompt: 1, cached: 0, output: 1 };
const REQUEST: GenerateRequest = {
  turns: [{ role: 'user', text: 'Hi' }],
  sampling: DEFAULT_SAMPLING,
  maxTokens: null,
  stop: [],
};

function setUp(model: typeof MODEL | null = MODEL) {
  const asked: GenerateRequest[] = [];
  const engine: EnginePort = {
    async *generate(request): AsyncGenerator<EngineEvent> {
      asked.push(request);
      yield { type: 'start' };
      yield { type: 'tokens', text: 'Hello' };
      yield await Promise.resolve({ type: 'end', reason: 'stop', counts: COUNTS });
    },
  };
  const gateway = createGateway({
    engine,
    embedder: createCountingEmbedder(),
    currentModel: () => model,
    clock: createManualClock(),
  });
  const chat = async (name: string): Promise<ChatEvent[]> => {
    const call = { model: name, request: REQUEST };
    const events: ChatEvent[] = [];
    for await (const event of gateway.chat(call, new AbortController().signal)) events.push(event);
    return events;
  };
  return { gateway, chat, asked };
}

describe('the gateway', () => {
  it.each(['lull-default', 'local', MODEL.id, MODEL.name])('answers for %s', async (name) => {
    const { chat, asked } = setUp();
    expect(await chat(name)).toEqual([
      { type: 'start', model: 'Small 1B', fingerprint: 'f1' },
      { type: 'tokens', text: 'Hello' },
      { type: 'end', reason: 'stop', counts: COUNTS },
    ]);
    expect(asked).toEqual([REQUEST]);
  });

  it('lists the names, and no path', () => {
    const { gateway } = setUp();
    expect(gateway.models().map((model) => model.id)).toEqual([
      'lull-default',
      'local',
      'Small 1B',
      'lull-embed',
      'counting',
    ]);
    expect(JSON.stringify(gateway.models())).not.toContain('/models/');
  });

  it('names what is available when the name is unknown', async () => {
    const { chat, asked } = setUp();
    await expect(chat('gpt-9')).rejects.toMatchObject({
      code: 'not-found',
      details: expect.stringContaining("'lull-default', 'local', 'Small 1B'") as string,
    });
    expect(asked).toEqual([]);
  });

  it('tells apart an unknown name and a model that is not loaded yet', async () => {
    const { gateway, chat } = setUp(null);
    expect(gateway.models().map(({ id }) => id)).toEqual(['lull-embed', 'counting']);
    await expect(chat('lull-default')).rejects.toMatchObject({ code: 'no-model' });
    await expect(chat('gpt-9')).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['lull-embed', 'counting'])('embeds for %s', async (model) => {
    const { gateway } = setUp(null);
    const { signal } = new AbortController();
    expect(await gateway.embed({ model, inputs: ['four', [1, 2]] }, signal)).toEqual({
      model: 'counting',
      vectors: [Float32Array.of(4, 0), Float32Array.of(2, 0)],
      tokens: 6,
    });
  });

  it('does not embed with a model that chats', async () => {
    const { gateway } = setUp();
    const { signal } = new AbortController();
    await expect(gateway.embed({ model: 'Small 1B', inputs: ['x'] }, signal)).rejects.toMatchObject(
      {
        code: 'not-found',
        details: "That model does not exist here; available: 'lull-embed', 'counting'.",
      },
    );
  });
});
