/** Which model names find the engine, and what the others are told. */
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../electron/gateway/gateway.ts';
import type { ChatEvent, EngineEvent, EnginePort } from '../../../electron/gateway/ports.ts';
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
  const gateway = createGateway({ engine, currentModel: () => model, clock: createManualClock() });
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
    expect(gateway.models()).toEqual([]);
    await expect(chat('lull-default')).rejects.toMatchObject({ code: 'no-model' });
    await expect(chat('gpt-9')).rejects.toMatchObject({ code: 'not-found' });
  });
});
