/** Refusals of chat bodies: cheap however large the body is, and always in our own words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_MESSAGES,
  MAX_PARTS,
  MAX_PARTS_PER_MESSAGE,
} from '../../../electron/gateway/openai-bounds.ts';
import { chatBodySchema, parseChatBody } from '../../../electron/gateway/openai-shapes.ts';

const MESSAGES = [{ role: 'user', content: 'Hello' }];
const PART = { type: 'text', text: 'x' };
const body = (extra: object = {}) => ({ model: 'lull-default', messages: MESSAGES, ...extra });
const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const withParts = (count: number) => ({ role: 'user', content: many(count, PART) });

function refusalOf(value: unknown) {
  const parsed = parseChatBody(value);
  return parsed.ok ? null : parsed.failure.body.error;
}

describe('a body of very many small things', () => {
  // What fits into 4 MiB, the largest body there is. Checking every one of them takes seconds.
  const MOST = 1_300_000;
  const perMessage = Math.floor(MOST / MAX_MESSAGES);

  it.each([
    ['parts', { messages: [{ role: 'user', content: many(MOST, {}) }] }, 'messages[0].content'],
    ['messages', { messages: many(MOST, {}) }, 'messages'],
    [
      'parts of many messages',
      {
        messages: many(MAX_MESSAGES, {
          role: 'user',
          content: many(Math.min(perMessage, MAX_PARTS_PER_MESSAGE), {}),
        }),
      },
      'messages',
    ],
    ['stop texts', { stop: many(MOST, '') }, 'stop'],
  ])('is refused at once: %s', (_name, fields, param) => {
    const startMs = performance.now();
    expect(refusalOf(body(fields))).toMatchObject({ param, code: 'invalid_request' });
    // Milliseconds as measured; without the bound it takes more than 2000.
    expect(performance.now() - startMs).toBeLessThan(200);
  });

  it('is taken up to the bounds', () => {
    expect(refusalOf(body({ messages: [withParts(MAX_PARTS_PER_MESSAGE)] }))).toBeNull();
    expect(refusalOf(body({ messages: [withParts(MAX_PARTS_PER_MESSAGE + 1)] }))).not.toBeNull();
    const full = many(MAX_PARTS / MAX_PARTS_PER_MESSAGE, withParts(MAX_PARTS_PER_MESSAGE));
    expect(refusalOf(body({ messages: full }))).toBeNull();
    expect(refusalOf(body({ messages: [...full, withParts(1)] }))).not.toBeNull();
    expect(refusalOf(body({ messages: many(MAX_MESSAGES, MESSAGES[0]) }))).toBeNull();
    expect(refusalOf(body({ messages: many(MAX_MESSAGES + 1, MESSAGES[0]) }))).not.toBeNull();
  });
});

/** Every sentence that a client can get, with its values left open. */
const SENTENCES = [
  /^The body must be a JSON object\.$/,
  /^'[a-z_]+' is not supported yet; leave it out\.$/,
  /^Only one answer per request is supported: 'n' must be 1\.$/,
  /^Messages of role '(?:tool|function)' are not supported yet\.$/,
  /^Content parts of type '[a-z_]+' are not supported yet: only text is\.$/,
  /^Give either 'max_tokens' or 'max_completion_tokens'\.$/,
  /^'top_logprobs' is only allowed when 'logprobs' is true\.$/,
  /^'top_logprobs': must be a whole number from 0 to 20\.$/,
  /^'stream_options' is only allowed when 'stream' is true\.$/,
  /^'[a-z_.[\]\d]+': must be (?:true or false|an object|a text)\.$/,
  /^'(?:seed|top_k)': must be a whole number(?: from -1 to 1000000)?\.$/,
  /^'max(?:_completion)?_tokens': must be a whole number of 1 or more, or -1 for no limit\.$/,
  /^'[a-z_]+': must be a number from -?\d to \d\.$/,
  /^'model': must be a name of 1 to 4096 characters\.$/,
  /^'stop(?:\[\d\])?': must be a text of at most 512 characters\.$/,
  /^'stop': must be a text or up to 4 texts of at most 512 characters\.$/,
  /^'messages': must be a list of 1 to 4096 messages\.$/,
  /^'messages': must not hold more than 8192 content parts\.$/,
  /^'messages\[\d+\]\.role': must be 'system', 'developer', 'user' or 'assistant'\.$/,
  /^'messages\[\d+\]\.content': must be a text or a list of 1 to 256 text parts\.$/,
];

function expectOurWords(value: unknown): void {
  const refusal = refusalOf(value);
  if (refusal === null) return;
  if (SENTENCES.some((sentence) => sentence.test(refusal.message))) return;
  expect.fail(`not one of our sentences: ${refusal.message}`);
}

describe('the words of a refusal', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>('', -1, 0, 0.5, 1e300, -1e300, null, [], {}, [''], [[]], [5], true),
    fc.constantFrom<unknown>('x'.repeat(5000), ['x'.repeat(513)], ['a', 'b', 'c', 'd', 'e']),
    fc.record({ include_usage: fc.jsonValue() }),
  );
  const part = fc.oneof(
    odd,
    fc.record({ type: fc.constantFrom<unknown>('text', 'image_url', 5), text: odd }),
  );
  const message = fc.oneof(
    odd,
    fc.record(
      {
        role: fc.oneof(odd, fc.constantFrom('user', 'assistant', 'tool')),
        content: fc.oneof(odd, fc.array(part, { maxLength: 3 })),
        tool_calls: odd,
      },
      { requiredKeys: [] },
    ),
  );
  const names = [...Object.keys(chatBodySchema.shape), 'tools', 'n', 'logprobs', '__proto__'];

  it('are ours, whatever one field holds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), odd, (name, value) => {
        expectOurWords(body({ [name]: value }));
      }),
      { numRuns: 2000 },
    );
  });

  it('are ours, whatever the messages are', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 3 }), (messages) => {
        expectOurWords(body({ messages }));
      }),
      { numRuns: 2000 },
    );
  });

  it('are ours, whatever the body is', () => {
    const bodies = fc.dictionary(fc.constantFrom(...names), odd);
    fc.assert(fc.property(fc.oneof(bodies, fc.anything(), fc.jsonValue()), expectOurWords));
  });
});
