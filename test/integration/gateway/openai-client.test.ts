/** The official OpenAI client against the real edge process: what it gets has to be what the API promises. */
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startRunningEdge, TOKEN, type RunningEdge } from '../../fakes/running-edge.ts';

const usageSchema = z.strictObject({
  prompt_tokens: z.literal(20),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.strictObject({ cached_tokens: z.literal(8) }),
});
const head = {
  id: z.string().regex(/^chatcmpl-[0-9a-f]{32}$/),
  created: z.int().min(1_700_000_000),
  model: z.literal('Small 1B'),
  system_fingerprint: z.literal('test-1'),
};
const finish = z.enum(['stop', 'length']);
const ratedSchema = z.strictObject({
  token: z.string(),
  logprob: z.number().max(0),
  bytes: z.array(z.int().min(0).max(255)).nullable(),
});
const logprobsSchema = z.strictObject({
  content: z.array(ratedSchema.extend({ top_logprobs: z.array(ratedSchema).max(20) })),
  refusal: z.null(),
});
const completionSchema = z.strictObject({
  ...head,
  object: z.literal('chat.completion'),
  choices: z.tuple([
    z.strictObject({
      index: z.literal(0),
      finish_reason: finish,
      logprobs: logprobsSchema.nullable(),
      message: z.strictObject({
        role: z.literal('assistant'),
        content: z.string(),
        refusal: z.null(),
      }),
    }),
  ]),
  usage: usageSchema,
});
const chunkSchema = z.strictObject({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z
    .array(
      z.strictObject({
        index: z.literal(0),
        delta: z.strictObject({
          role: z.literal('assistant').optional(),
          content: z.string().optional(),
          refusal: z.null().optional(),
        }),
        logprobs: logprobsSchema.nullable(),
        finish_reason: finish.nullable(),
      }),
    )
    .max(1),
  usage: usageSchema.nullish(),
});

let running: RunningEdge;
let client: OpenAI;

beforeAll(async () => {
  running = await startRunningEdge();
  client = clientWith(TOKEN);
});
afterAll(async () => {
  await running.edge.dispose();
});

function clientWith(apiKey: string): OpenAI {
  const baseURL = `http://127.0.0.1:${String(running.port)}/v1`;
  return new OpenAI({ apiKey, baseURL, maxRetries: 0 });
}

function ask(content: string, extra: object = {}) {
  return {
    model: 'lull-default',
    messages: [{ role: 'user' as const, content }],
    ...extra,
  };
}

describe('models', () => {
  it('lists the aliases and the model, and shows each', async () => {
    const { data } = await client.models.list();
    expect(data.map((model) => model.id)).toEqual([
      'lull-default',
      'local',
      'Small 1B',
      'lull-embed',
      'counting',
    ]);
    for (const listed of data) {
      expect(await client.models.retrieve(listed.id)).toEqual(listed);
      expect(listed).toMatchObject({ object: 'model', owned_by: 'lull' });
      expect(Number.isInteger(listed.created)).toBe(true);
    }
  });

  it('does not know others', async () => {
    await expect(client.models.retrieve('gpt-9')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
  });
});

describe('chat', () => {
  it('answers at once', async () => {
    const completion = await client.chat.completions.create(ask('say It works well'));
    completionSchema.parse(completion);
    expect(completion.choices[0]?.message.content).toBe('It works well');
    expect(completion.usage).toMatchObject({ completion_tokens: 3, total_tokens: 23 });
  });

  it('streams', async () => {
    const stream = await client.chat.completions.create({ ...ask('say a b c'), stream: true });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunkSchema.parse(chunk));
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe('a b c');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.every((chunk) => chunk.usage === undefined)).toBe(true);
  });

  it('streams the usage when asked', async () => {
    const stream = await client.chat.completions.create({
      ...ask('say a b c'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunkSchema.parse(chunk));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 23 } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  it("works with the client's own stream helper", async () => {
    const final = await client.chat.completions
      .stream({ ...ask('say x y'), stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe('x y');
    expect(final.usage?.completion_tokens).toBe(2);
  });

  it('stops at a stop text and at the token limit', async () => {
    const stopped = await client.chat.completions.create(ask('say a END b', { stop: 'END' }));
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'a' } });
    const cut = await client.chat.completions.create(ask('say a b c', { max_tokens: 2 }));
    expect(cut.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'a b' } });
  });

  it('hands the sampling fields to the engine', async () => {
    await client.chat.completions.create(ask('say a', { seed: 5, temperature: 0, top_k: 3 }));
    expect(running.engine.requests.at(-1)?.sampling).toMatchObject({
      seed: 5,
      temperature: 0,
      topK: 3,
    });
  });

  it('tells how likely each token was, when asked', async () => {
    const asked = { logprobs: true, top_logprobs: 2 };
    const completion = await client.chat.completions.create(ask('say Grüße 🦀', asked));
    completionSchema.parse(completion);
    const content = completion.choices[0]?.logprobs?.content ?? [];
    expect(content.map(({ token }) => token)).toEqual(['Grüße', ' 🦀']);
    const bytes = content.flatMap((each) => each.bytes ?? []);
    expect(Buffer.from(bytes).toString()).toBe(completion.choices[0]?.message.content);
    expect(content[0]?.top_logprobs).toEqual([
      { token: 'Grüße', logprob: -0.25, bytes: [...Buffer.from('Grüße')] },
      { token: '\uFFFD', logprob: -1.5, bytes: null },
    ]);
    expect(running.engine.requests.at(-1)?.topLogprobs).toBe(2);
    const alone = await client.chat.completions.create(ask('say a', { logprobs: true }));
    expect(alone.choices[0]?.logprobs?.content?.[0]?.top_logprobs).toEqual([]);
    const none = await client.chat.completions.create(ask('say a'));
    expect(none.choices[0]?.logprobs).toBeNull();
  });

  it('tells it in a stream too, chunk by chunk', async () => {
    const stream = await client.chat.completions.create({
      ...ask('say a b c', { logprobs: true }),
      stream: true,
    });
    const parts = [];
    for await (const chunk of stream) {
      const [choice] = chunkSchema.parse(chunk).choices;
      const tokens = choice?.logprobs?.content.map(({ token }) => token) ?? [];
      expect(tokens.join('')).toBe(choice?.delta.content ?? '');
      parts.push(...tokens);
    }
    expect(parts).toEqual(['a', ' b', ' c']);
  });

  it('lets who says so wait for others', async () => {
    await client.chat.completions.create(ask('say a', { service_tier: 'flex' }));
    expect(running.engine.requests.at(-1)?.priority).toBe('can-wait');
    await client.chat.completions.create(ask('say a', { service_tier: 'auto' }));
    expect(running.engine.requests.at(-1)?.priority).toBeUndefined();
  });

  it('carries any text unchanged', async () => {
    const text = 'say Ünïcödé 🦀‍🚀 "quoted" \\ \u2028 \n\nend';
    const completion = await client.chat.completions.create(ask(text));
    expect(completion.choices[0]?.message.content).toBe(text.slice(4));
  });
});

describe('cancelling', () => {
  it('of a stream reaches the engine', async () => {
    const before = running.engine.cancelled;
    const stream = await client.chat.completions.create({ ...ask('hang'), stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content === 'on') stream.controller.abort();
    }
    await running.engine.until((engine) => engine.cancelled === before + 1);
    expect(running.engine.running).toBe(0);
  });

  it('of a whole answer reaches the engine', async () => {
    const before = running.engine.cancelled;
    const controller = new AbortController();
    const answer = client.chat.completions.create(ask('wait'), { signal: controller.signal });
    await running.engine.until((engine) => engine.running === 1);
    controller.abort();
    await expect(answer).rejects.toBeInstanceOf(APIUserAbortError);
    await running.engine.until((engine) => engine.cancelled === before + 1);
  });
});

describe('refusals', () => {
  it('wants the token', async () => {
    await expect(clientWith('sk-wrong').models.list()).rejects.toBeInstanceOf(AuthenticationError);
    const chat = clientWith(`${TOKEN}x`).chat.completions.create(ask('say a'));
    await expect(chat).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  it('names the models there are', async () => {
    const answer = client.chat.completions.create({ ...ask('say a'), model: 'gpt-9' });
    const error: unknown = await answer.then(undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(String(error)).toContain("'lull-default'");
  });

  it.each([
    [{ temperature: 9 }, 'temperature'],
    [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ n: 2 }, 'n'],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
    [{ messages: [] }, 'messages'],
  ])('names the wrong field: %j', async (extra, param) => {
    const error: unknown = await client.chat.completions
      .create(ask('say a', extra))
      .then(undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param, type: 'invalid_request_error' });
  });

  it('passes on what the engine says, as HTTP before the first byte', async () => {
    const stream = { stream: true as const };
    const busy = client.chat.completions.create({ ...ask('fail engine-busy'), ...stream });
    await expect(busy).rejects.toBeInstanceOf(RateLimitError);
    const crashed = client.chat.completions.create(ask('fail engine-crashed'));
    await expect(crashed).rejects.toMatchObject({ status: 503, code: 'engine_crashed' });
    const long = client.chat.completions.create(ask('fail context-exceeded'));
    await expect(long).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('repeats by itself what may succeed, and not what cannot', async () => {
    const retrying = client.withOptions({ maxRetries: 1 });
    const count = () => running.engine.requests.length;
    let before = count();
    await expect(
      retrying.chat.completions.create(ask('fail engine-crashed')),
    ).rejects.toMatchObject({ status: 503 });
    expect(count() - before).toBe(2);
    before = count();
    await expect(
      retrying.chat.completions.create(ask('fail model-too-large')),
    ).rejects.toMatchObject({ status: 503 });
    expect(count() - before).toBe(1);
  });

  it('passes it on as an error event later, after the text that was there', async () => {
    const stream = await client.chat.completions.create({
      ...ask('half engine-crashed'),
      stream: true,
    });
    const parts: string[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) parts.push(chunk.choices[0]?.delta.content ?? '');
    };
    await expect(read()).rejects.toMatchObject({ code: 'engine_crashed' });
    expect(parts.join('')).toBe('half way');
  });
});

describe('embeddings with the official client', () => {
  it('gives vectors in the order of their texts, by whatever encoding', async () => {
    for (const format of [undefined, 'float', 'base64'] as const) {
      const { data, model, usage } = await client.embeddings.create({
        model: 'lull-embed',
        input: ['one', 'three'],
        ...(format && { encoding_format: format }),
      });
      expect(model).toBe('counting');
      expect(usage).toEqual({ prompt_tokens: 8, total_tokens: 8 });
      expect(data.map(({ index }) => index)).toEqual([0, 1]);
      const wire: unknown = data[1]?.embedding;
      const raw =
        format === 'base64' ? Buffer.from(Float32Array.of(5, 0).buffer).toString('base64') : [5, 0];
      expect(wire).toEqual(raw);
    }
  });

  it('takes one text, token ids, and lists of them', async () => {
    const inputs = ['four', [1, 2, 3], [[1], [2, 2]]];
    const counts = await Promise.all(
      inputs.map(async (input) => {
        const { data } = await client.embeddings.create({
          model: 'counting',
          input: input,
          encoding_format: 'float',
        });
        return data.map(({ embedding }) => embedding[0]);
      }),
    );
    expect(counts).toEqual([[4], [3], [1, 2]]);
  });

  it.each([
    ['an empty text', { input: '' }],
    ['no text', { input: [] }],
    ['a mixture', { input: ['a', 1] }],
    ['too many texts', { input: Array.from({ length: 2049 }, () => 'a') }],
    ['a list that is too long', { input: [Array.from({ length: 8193 }, () => 1)] }],
    ['another number of dimensions', { input: 'a', dimensions: 7 }],
    ['a text that is too long for the model', { input: 'a'.repeat(101) }],
  ])('refuses %s', async (_name, fields) => {
    const call = client.embeddings.create({ model: 'lull-embed', ...fields } as never);
    await expect(call).rejects.toBeInstanceOf(BadRequestError);
  });

  it('refuses the name of a model that chats, and says that nothing ranks yet', async () => {
    const call = client.embeddings.create({ model: 'lull-default', input: 'a' });
    await expect(call).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.post('/rerank', { body: {} })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_endpoint',
    });
  });
});
