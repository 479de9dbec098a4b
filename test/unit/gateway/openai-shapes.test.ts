/** Chat bodies: what they mean, and that everything else is refused by name and never by an exception. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEdgeSchema } from '../../../electron/edge/messages.ts';
import { chatBodySchema, parseChatBody } from '../../../electron/gateway/openai-shapes.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';

const MESSAGES = [{ role: 'user', content: 'Hello' }];
const body = (extra: object = {}) => ({ model: 'lull-default', messages: MESSAGES, ...extra });

function accepted(value: unknown) {
  const parsed = parseChatBody(value);
  if (!parsed.ok) throw new Error(`refused: ${parsed.failure.body.error.message}`);
  return parsed.value;
}

function refused(value: unknown) {
  const parsed = parseChatBody(value);
  if (parsed.ok) throw new Error('was accepted');
  expect(parsed.failure.status).toBe(400);
  return parsed.failure.body.error;
}

describe('an accepted body', () => {
  it('gets the defaults of the engine where it says nothing', () => {
    const parsed = accepted(body());
    expect(parsed).toEqual({
      call: {
        model: 'lull-default',
        request: {
          turns: [{ role: 'user', text: 'Hello' }],
          sampling: DEFAULT_SAMPLING,
          maxTokens: null,
          stop: [],
        },
      },
      stream: false,
      includeUsage: false,
    });
  });

  it('carries every sampling field to the engine', () => {
    const parsed = accepted(
      body({
        stream: true,
        stream_options: { include_usage: true },
        temperature: 0,
        top_p: 0.5,
        top_k: 7,
        min_p: 0.2,
        seed: 11,
        frequency_penalty: -1,
        presence_penalty: 1.5,
        max_tokens: 9,
        stop: ['a', 'b'],
      }),
    );
    expect(parsed.stream).toBe(true);
    expect(parsed.includeUsage).toBe(true);
    expect(parsed.call.request).toMatchObject({
      sampling: {
        temperature: 0,
        topP: 0.5,
        topK: 7,
        minP: 0.2,
        seed: 11,
        frequencyPenalty: -1,
        presencePenalty: 1.5,
      },
      maxTokens: 9,
      stop: ['a', 'b'],
    });
  });

  it('takes developer as system, and joins text parts', () => {
    const parts = [
      { type: 'text', text: 'one ' },
      { type: 'text', text: 'two' },
    ];
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'assistant', content: 'ok' },
      { role: 'user', content: parts, name: 'someone' },
    ];
    expect(accepted(body({ messages })).call.request.turns).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'assistant', text: 'ok' },
      { role: 'user', text: 'one two' },
    ]);
  });

  it('takes an answer without text, as clients send it back', () => {
    const answer = { role: 'assistant', content: null, refusal: null, tool_calls: [] };
    expect(accepted(body({ messages: [...MESSAGES, answer] })).call.request.turns[1]).toEqual({
      role: 'assistant',
      text: '',
    });
  });

  it.each([
    ['one stop text', { stop: 'x' }, { stop: ['x'] }],
    ['an empty stop text as none', { stop: '' }, { stop: [] }],
    ['an empty one among others as none', { stop: ['', 'x'] }, { stop: ['x'] }],
    ['the newer token limit', { max_completion_tokens: 3 }, { maxTokens: 3 }],
    ["llama-server's -1 as no limit", { max_tokens: -1 }, { maxTokens: null }],
    ["llama-server's -1 as all tokens", { top_k: -1 }, { sampling: { topK: 0 } }],
    ['logprobs of what is written alone', { logprobs: true }, { topLogprobs: 0 }],
    ['logprobs with the likeliest', { logprobs: true, top_logprobs: 20 }, { topLogprobs: 20 }],
    ['the tier that may wait', { service_tier: 'flex' }, { priority: 'can-wait' }],
    ['a negative seed', { seed: -2 }, { sampling: { seed: 2 ** 32 - 3 } }],
    ['the seed that would mean any', { seed: 2 ** 32 - 1 }, { sampling: { seed: 0 } }],
  ])('takes %s', (_name, fields, request) => {
    expect(accepted(body(fields)).call.request).toMatchObject(request);
  });

  it('takes null as absent, and neutral values of what is not supported', () => {
    const absent = Object.fromEntries(
      Object.keys(chatBodySchema.shape)
        .filter((name) => name !== 'model' && name !== 'messages')
        .map((name) => [name, null]),
    );
    const neutral = {
      n: 1,
      logprobs: false,
      top_logprobs: 0,
      tools: [],
      tool_choice: 'auto',
      logit_bias: {},
      response_format: { type: 'text' },
      modalities: ['text'],
      repeat_penalty: 1,
    };
    expect(accepted(body({ ...absent, ...neutral }))).toEqual(accepted(body()));
  });

  it('ignores what cannot change the answer', () => {
    const harmless = {
      user: 'me',
      metadata: { a: '1' },
      store: true,
      whatever: [1],
      verbosity: 'low',
      service_tier: 'auto',
    };
    expect(accepted(body(harmless))).toEqual(accepted(body()));
  });
});

describe('a refused body', () => {
  it.each([
    [{ tools: [{ type: 'function' }] }, 'tools'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ functions: [{}] }, 'functions'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ response_format: { type: 'json_schema', json_schema: {} } }, 'response_format'],
    [{ logit_bias: { '5': 1 } }, 'logit_bias'],
    [{ n: 2 }, 'n'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ audio: {} }, 'audio'],
    [{ grammar: 'root ::= "a"' }, 'grammar'],
    [{ repeat_penalty: 1.1 }, 'repeat_penalty'],
    [{ messages: [{ role: 'tool', content: 'x', tool_call_id: '1' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'assistant', tool_calls: [{}] }] }, 'messages[0].tool_calls'],
    [
      { messages: [...MESSAGES, { role: 'user', content: [{ type: 'image_url' }] }] },
      'messages[1].content[0].type',
    ],
  ])('names what is not supported yet: %j', (fields, param) => {
    const error = refused(body(fields));
    expect(error).toMatchObject({ param, code: 'unsupported_parameter' });
    expect(error.type).toBe('invalid_request_error');
  });

  it.each([
    [{ model: undefined }, 'model'],
    [{ model: '' }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'hi' }, 'messages'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    [{ messages: [5] }, 'messages[0]'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'x' }] }] }, 'messages[0].content'],
    [{ stream: 'yes' }, 'stream'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ temperature: 2.1 }, 'temperature'],
    [{ temperature: '0' }, 'temperature'],
    [{ top_p: -0.1 }, 'top_p'],
    [{ top_k: 1.5 }, 'top_k'],
    [{ min_p: 2 }, 'min_p'],
    [{ seed: 0.5 }, 'seed'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
    [{ stop: 'x'.repeat(513) }, 'stop'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ max_tokens: -2 }, 'max_tokens'],
    [{ max_tokens: 1, max_completion_tokens: 1 }, 'max_tokens'],
    [{ frequency_penalty: 3 }, 'frequency_penalty'],
    [{ logprobs: 1 }, 'logprobs'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    [{ service_tier: 5 }, 'service_tier'],
  ])('names the field that is wrong: %j', (fields, param) => {
    expect(refused(body(fields))).toMatchObject({ param, code: 'invalid_request' });
  });

  it.each([[null], [[]], ['text'], [5], [undefined]])('is no object: %j', (value) => {
    expect(refused(value).param).toBeNull();
  });
});

describe('whatever comes in', () => {
  const names = [
    ...Object.keys(chatBodySchema.shape),
    ...['tools', 'n', 'logit_bias', 'response_format', '__proto__', 'constructor', 'toString'],
  ];
  const field = fc.oneof(fc.jsonValue(), fc.integer(), fc.constant(MESSAGES), fc.constant(null));
  const valid = fc
    .record(
      {
        temperature: fc.double({ min: 0, max: 2, noNaN: true }),
        top_p: fc.double({ min: 0, max: 1, noNaN: true }),
        top_k: fc.integer({ min: -1, max: 1_000_000 }),
        min_p: fc.double({ min: 0, max: 1, noNaN: true }),
        seed: fc.maxSafeInteger(),
        frequency_penalty: fc.double({ min: -2, max: 2, noNaN: true }),
        max_tokens: fc.oneof(fc.constant(-1), fc.integer({ min: 1 })),
        stop: fc.oneof(
          fc.string({ minLength: 1 }),
          fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }),
        ),
      },
      { requiredKeys: [] },
    )
    .map(body);
  const near = fc
    .dictionary(fc.constantFrom(...names), field)
    .chain((fields) => fc.constantFrom(fields, body(fields)));

  it('is taken when every field is within its range', () => {
    fc.assert(
      fc.property(valid, (value) => {
        accepted(value);
      }),
    );
  });

  it('is a bounded request or a typed refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), near, valid), (value) => {
        const parsed = parseChatBody(value);
        if (!parsed.ok) {
          expect(parsed.failure.status).toBe(400);
          expect(parsed.failure.body.error.message.length).toBeGreaterThan(0);
          return;
        }
        // What a client may send can never be what main takes for a breach of contract.
        fromEdgeSchema.parse({ type: 'chat', id: 1, call: parsed.value.call });
        expect(parsed.value.call.request.sampling.seed).not.toBe(2 ** 32 - 1);
      }),
      { numRuns: 500 },
    );
  });
});
