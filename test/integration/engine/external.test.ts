/** The real engine process with another server in place of a model: how it is loaded, asked and given up. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../../../electron/protocol/generate.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import {
  chunk,
  startOpenAiServer,
  type OpenAiServer,
  type Speak,
} from '../../fakes/openai-server.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const children = createForkedChildren('engine');
const GREEDY = { ...DEFAULT_SAMPLING, temperature: 0 };
const QUESTION = [{ role: 'user', text: 'What is the capital of France?' }] as const;

let server: OpenAiServer | null = null;
let engine: EngineSupervisor | null = null;

afterEach(async () => {
  engine?.dispose();
  await children.dispose();
  await server?.close();
  server = null;
});

async function start(speak: Speak, model = 'small') {
  server = await startOpenAiServer(['small'], speak);
  const ports = { spawn: children.spawn, clock: systemClock, log: createMemoryLog() };
  engine = createEngineSupervisor(ports);
  engine.use({
    ...{ modelPath: STARTER_PATH, modelVersion: '1', backend: 'cpu', deviceIndex: null },
    ...{ device: null, threads: 1, isBackground: false, sequences: 8, contextTokens: null },
    server: { baseUrl: server.baseUrl, model },
  });
  return engine;
}

async function ask(running: EngineSupervisor): Promise<readonly GenerateEvent[]> {
  const request = { turns: QUESTION, sampling: GREEDY, maxTokens: 50, stop: [] };
  const events: GenerateEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of running.generate(request, signal)) events.push(event);
  return events;
}

describe('an engine that another server computes for', () => {
  it("counts with the model file's own tokens, which are the server's", async () => {
    const running = await start((response) => {
      for (const word of ['The capital', ' of France is', ' Paris.']) response.write(chunk(word));
      response.end(chunk(null, 'stop'));
    });
    const events = await ask(running);
    const tokens = events.flatMap((event) => (event.type === 'tokens' ? event.tokenIds : []));
    const text = events.map((event) => (event.type === 'tokens' ? event.text : '')).join('');
    expect(text).toBe('The capital of France is Paris.');
    // As the model itself writes them: the test model's pinned answer.
    expect(tokens).toEqual([1148, 3167, 2777, 303, 6091, 697, 370, 614, 5882, 16]);
    expect(events.at(-1)).toMatchObject({
      ...{ type: 'end', reason: 'stop' },
      counts: { prompt: 33, cached: 0, output: 10 },
    });
    expect(running.summary()).toMatchObject({ state: 'ready', contextTokens: 8192, sequences: 4 });
  });

  it('does not load when the server has not got the model, and says so', async () => {
    const running = await start((response) => response.end(), 'large');
    await expect(running.load()).rejects.toMatchObject({ code: 'external-unavailable' });
  });

  it('answers again once a server that went away is back', async () => {
    let isBroken = true;
    const running = await start((response) => {
      if (isBroken) response.destroy();
      else response.end(chunk('Paris') + chunk(null, 'stop'));
    });
    await expect(ask(running)).rejects.toMatchObject({ code: 'external-unavailable' });
    isBroken = false;
    expect((await ask(running)).at(-1)).toMatchObject({ type: 'end', reason: 'stop' });
  });
});
