/** One answer as JSON and as server-sent chunks, to its good and its bad end. */
import { describe, expect, it } from 'vitest';
import { createAsyncQueue } from '../../../electron/platform/async-queue.ts';
import {
  answerStreamed,
  answerWhole,
  KEEP_ALIVE_MS,
  MAX_PENDING_LENGTH,
} from '../../../electron/gateway/chat-answer.ts';
import type { ChatEvent } from '../../../electron/gateway/ports.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { recordReply } from '../../fakes/record-reply.ts';

const COUNTS = { prompt: 12, cached: 5, output: 3 };
const START: ChatEvent = { type: 'start', model: 'Starter', fingerprint: 'f1' };
const END: ChatEvent = { type: 'end', reason: 'stop', counts: COUNTS };
const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 3,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 5 },
};
const HEAD = {
  id: 'chatcmpl-1',
  created: 1_700_000_000,
  model: 'Starter',
  system_fingerprint: 'f1',
};
const CHUNK = { ...HEAD, object: 'chat.completion.chunk' };

const text = (value: string): ChatEvent => ({ type: 'tokens', text: value });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp(includeUsage = false) {
  const clock = createManualClock();
  const queue = createAsyncQueue<ChatEvent>();
  const reply = recordReply();
  const options = { id: 'chatcmpl-1', clock, includeUsage };
  const chunks = (): unknown[] =>
    reply.sent.frames
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame): unknown => JSON.parse(frame.slice(6)));
  return { clock, queue, reply, options, chunks };
}

describe('a whole answer', () => {
  it('is one completion with all text and the usage', async () => {
    const { queue, reply, options } = setUp();
    for (const event of [START, text('Hel'), text('lo'), END]) queue.push(event);
    await answerWhole(queue, reply, options);
    expect(reply.sent.status).toBe(200);
    expect(reply.sent.body).toEqual({
      ...HEAD,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: USAGE,
    });
  });

  it.each([
    ['engine-busy', 429, 'engine_busy', { 'retry-after': '1' }],
    ['engine-crashed', 503, 'engine_crashed', { 'retry-after': '1' }],
    ['no-model', 503, 'no_model', { 'x-should-retry': 'false' }],
    ['context-exceeded', 400, 'context_length_exceeded', {}],
    ['not-found', 404, 'model_not_found', {}],
    ['cancelled', 499, 'cancelled', {}],
  ] as const)('that fails with %s is status %i', async (code, status, name, headers) => {
    const { queue, reply, options } = setUp();
    queue.push(START);
    queue.fail(new AppError(code));
    await answerWhole(queue, reply, options);
    expect(reply.sent).toMatchObject({ status, headers, body: { error: { code: name } } });
  });

  it('cut short by Lull itself is no answer', async () => {
    const { queue, reply, options } = setUp();
    queue.push({ type: 'end', reason: 'cancelled', counts: COUNTS });
    await answerWhole(queue, reply, options);
    expect(reply.sent.status).toBe(499);
  });

  it('never shows what a bug says', async () => {
    const { queue, reply, options } = setUp();
    queue.fail(new Error('secret inside'));
    await answerWhole(queue, reply, options);
    expect(reply.sent.status).toBe(500);
    expect(JSON.stringify(reply.sent.body)).not.toContain('secret');
  });
});

describe('a streamed answer', () => {
  it('begins with the role, ends with the reason, and says [DONE]', async () => {
    const { queue, reply, options, chunks } = setUp();
    for (const event of [START, text('Hi'), END]) queue.push(event);
    await answerStreamed(queue, reply, options);
    const choice = { index: 0, logprobs: null };
    expect(chunks()).toEqual([
      {
        ...CHUNK,
        choices: [
          {
            ...choice,
            delta: { role: 'assistant', content: '', refusal: null },
            finish_reason: null,
          },
        ],
      },
      { ...CHUNK, choices: [{ ...choice, delta: { content: 'Hi' }, finish_reason: null }] },
      { ...CHUNK, choices: [{ ...choice, delta: {}, finish_reason: 'stop' }] },
    ]);
    expect(reply.sent.frames.at(-1)).toBe('data: [DONE]\n\n');
    expect(reply.sent.ended).toBe(true);
    expect(reply.sent.frames.every((frame) => /^data: .+\n\n$/.test(frame))).toBe(true);
  });

  it('adds the usage when asked, and says null until then', async () => {
    const { queue, reply, options, chunks } = setUp(true);
    for (const event of [START, text('Hi'), END]) queue.push(event);
    await answerStreamed(queue, reply, options);
    expect(chunks().map((chunk) => (chunk as { usage: unknown }).usage)).toEqual([
      null,
      null,
      null,
      USAGE,
    ]);
    expect(chunks().at(-1)).toEqual({ ...CHUNK, choices: [], usage: USAGE });
  });

  it('keeps line breaks inside one data line', async () => {
    const { queue, reply, options } = setUp();
    for (const event of [START, text('a\n\ndata: [DONE]\r\n\u2028b'), END]) queue.push(event);
    await answerStreamed(queue, reply, options);
    expect(reply.sent.frames.every((frame) => frame.trimEnd().split(/\r|\n/).length === 1)).toBe(
      true,
    );
  });

  it('is an HTTP error when it fails before its first byte', async () => {
    const { queue, reply, options } = setUp();
    queue.fail(new AppError('engine-busy'));
    await answerStreamed(queue, reply, options);
    expect(reply.sent).toMatchObject({ status: 429, frames: [] });
  });

  it('sends what it has, then an error event and no [DONE], when it fails later', async () => {
    const { queue, reply, options, chunks } = setUp();
    queue.push(START);
    queue.push(text('half'));
    queue.fail(new AppError('engine-crashed'));
    await answerStreamed(queue, reply, options);
    expect(chunks()).toHaveLength(3);
    expect(chunks().at(-1)).toMatchObject({ error: { code: 'engine_crashed' } });
    expect(reply.sent.frames.join('')).not.toContain('[DONE]');
    expect(reply.sent.ended).toBe(true);
  });

  it('says that it is alive while nothing comes, and only then', async () => {
    const { queue, reply, options, clock } = setUp();
    const done = answerStreamed(queue, reply, options);
    clock.advance(KEEP_ALIVE_MS - 1);
    expect(reply.sent.frames).toEqual([]);
    clock.advance(1);
    expect(reply.sent.frames).toEqual([': still working\n\n']);
    queue.push(START);
    await turn();
    clock.advance(KEEP_ALIVE_MS);
    expect(reply.sent.frames).toHaveLength(2);
    queue.push(END);
    await done;
    const count = reply.sent.frames.length;
    clock.advance(10 * KEEP_ALIVE_MS);
    expect(reply.sent.frames).toHaveLength(count);
  });

  it('merges text for a slow reader and sends it once there is room', async () => {
    const { queue, reply, options, chunks } = setUp();
    const done = answerStreamed(queue, reply, options);
    reply.slow = true;
    for (const event of [START, text('a'), text('b'), text('c')]) queue.push(event);
    await turn();
    expect(chunks()).toHaveLength(1);
    reply.drain();
    expect(chunks().at(-1)).toMatchObject({ choices: [{ delta: { content: 'abc' } }] });
    queue.push(END);
    await done;
    expect(reply.sent.cut).toBe(false);
  });

  it('cuts off a reader that falls too far behind', async () => {
    const { queue, reply, options } = setUp();
    const done = answerStreamed(queue, reply, options);
    reply.slow = true;
    queue.push(START);
    queue.push(text('x'.repeat(MAX_PENDING_LENGTH)));
    await turn();
    expect(reply.sent.cut).toBe(false);
    queue.push(text('y'));
    await turn();
    expect(reply.sent.cut).toBe(true);
    queue.fail(new AppError('cancelled'));
    await done;
  });

  it('keeps ratings with their text for a slow reader, and counts them against it', async () => {
    const { queue, reply, options, chunks } = setUp();
    const rated = (value: string, tops = 0): ChatEvent => {
      const each = { text: value, logprob: -1 };
      const top = Array.from({ length: tops }, (_, id) => ({ ...each, id }));
      return { type: 'tokens', text: value, logprobs: [{ ...each, top }] };
    };
    const done = answerStreamed(queue, reply, options);
    reply.slow = true;
    for (const event of [START, rated('a'), rated('b')]) queue.push(event);
    await turn();
    reply.drain();
    expect(chunks().at(-1)).toMatchObject({
      choices: [
        { delta: { content: 'ab' }, logprobs: { content: [{ token: 'a' }, { token: 'b' }] } },
      ],
    });
    reply.slow = true;
    queue.push(rated('c'));
    await turn();
    for (let count = 0; count < 1000; count += 1) queue.push(rated('x', 20));
    await turn();
    expect(reply.sent.cut).toBe(true);
    queue.fail(new AppError('cancelled'));
    await done;
  });
});
