/** Log-probabilities from the real engine, through the gateway, to what a client reads. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { createGateway } from '../../../electron/gateway/gateway.ts';
import { createOpenAiApi } from '../../../electron/gateway/openai-api.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { systemRandom } from '../../../electron/platform/random.ts';
import { createCountingEmbedder } from '../../fakes/counting-embedder.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { recordReply } from '../../fakes/record-reply.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const rated = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.number()).nullable(),
});
const logprobs = z.object({ content: z.array(rated.extend({ top_logprobs: z.array(rated) })) });
const answerSchema = z.object({
  choices: z.tuple([
    z.object({ message: z.object({ content: z.string() }), logprobs: logprobs.nullable() }),
  ]),
  usage: z.object({ completion_tokens: z.number() }),
});
const chunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().optional() }),
      logprobs: logprobs.nullable(),
    }),
  ),
});
type Rated = z.infer<typeof logprobs>['content'][number];

let children: ForkedChildren;
let engine: EngineSupervisor;

beforeAll(() => {
  children = createForkedChildren('engine');
  engine = createEngineSupervisor({
    spawn: children.spawn,
    clock: systemClock,
    log: createMemoryLog(),
  });
  engine.use({
    modelPath: STARTER_PATH,
    modelVersion: '1',
    backend: 'cpu',
    deviceIndex: null,
    device: null,
    threads: 1,
    isBackground: false,
    sequences: 2,
    contextTokens: 1024,
  });
});
afterAll(async () => {
  engine.dispose();
  await children.dispose();
});

async function post(fields: object) {
  const gateway = createGateway({
    engine,
    embedder: createCountingEmbedder(),
    clock: systemClock,
    currentModel: () => ({ id: 'm', name: 'Starter', fingerprint: 'f' }),
  });
  const backend = { ...gateway, models: () => Promise.resolve(gateway.models()) };
  const api = createOpenAiApi({ backend, clock: systemClock, random: systemRandom });
  const reply = recordReply();
  const body = {
    model: 'local',
    messages: [{ role: 'user', content: 'What is the capital of France? 🦀' }],
    max_tokens: 60,
    ...fields,
  };
  const { signal } = new AbortController();
  await api.find('/v1/chat/completions')?.answer(body, reply, signal);
  return reply.sent;
}

function expectSound(content: readonly Rated[], text: string): void {
  expect(content.map(({ token }) => token).join('')).toBe(text);
  const bytes = content.flatMap((each) => each.bytes ?? []);
  expect(Buffer.from(bytes).toString()).toBe(text);
  for (const { logprob, top_logprobs: top } of content) {
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top).toHaveLength(5);
    expect(top[0]?.logprob).toBeGreaterThanOrEqual(logprob);
    expect(top.reduce((sum, each) => sum + Math.exp(each.logprob), 0)).toBeLessThanOrEqual(1.001);
  }
}

test.each([
  ['greedy', { temperature: 0 }],
  ['warm', { temperature: 1, seed: 3 }],
  ['hot, through broken characters', { temperature: 2, top_p: 1, min_p: 0, top_k: 0, seed: 4 }],
  ['cut by a stop text within a token', { temperature: 0, stop: 'nce is P' }],
  ['cut at a number of tokens', { temperature: 0, max_tokens: 3 }],
])('%s: every token of the answer is there, whole or streamed', async (_name, fields) => {
  const asked = { ...fields, logprobs: true, top_logprobs: 5 };
  const { choices, usage } = answerSchema.parse((await post(asked)).body);
  const content = choices[0].logprobs?.content ?? [];
  expectSound(content, choices[0].message.content);
  expect(content).toHaveLength(usage.completion_tokens);
  expect(content.length).toBeGreaterThan(2);

  const { frames } = await post({ ...asked, stream: true });
  const chunks = frames
    .filter((frame) => frame.startsWith('data: {'))
    .flatMap((frame) => chunkSchema.parse(JSON.parse(frame.slice(6))).choices);
  const streamed = chunks.flatMap((choice) => choice.logprobs?.content ?? []);
  expectSound(streamed, chunks.map(({ delta }) => delta.content ?? '').join(''));
  expect(streamed.map(({ token }) => token)).toEqual(content.map(({ token }) => token));
});
