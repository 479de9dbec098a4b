/** The client of another server against a real one, on sockets, as well behaved and as broken as they come. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isAskable } from '../../../electron/engine/external-address.ts';
import { createExternalClient } from '../../../electron/engine/external-client.ts';
import type { ExternalEvent } from '../../../electron/engine/external-events.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import {
  chunk,
  startOpenAiServer,
  type OpenAiServer,
  type Speak,
} from '../../fakes/openai-server.ts';

const REQUEST = {
  turns: [{ role: 'user', text: 'Hi' }] as const,
  sampling: { ...DEFAULT_SAMPLING, temperature: 0 },
  stop: ['END'],
  maxTokens: 9,
  seed: 5,
};
const never = new AbortController().signal;

let server: OpenAiServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(speak: Speak, status = 200) {
  server = await startOpenAiServer(['small'], speak, status);
  return {
    running: server,
    client: createExternalClient({ baseUrl: server.baseUrl, model: 'small' }),
  };
}

async function read(events: AsyncIterable<ExternalEvent>): Promise<readonly ExternalEvent[]> {
  const all: ExternalEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('asking another server', () => {
  it('says so when the list of models breaks off', async () => {
    const broken = createServer((_request, response) => {
      response.write('{"data":[', () => response.destroy());
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const address = broken.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const baseUrl = `http://127.0.0.1:${String(port)}/v1`;
    const checked = createExternalClient({ baseUrl, model: 'small' }).check();
    await expect(checked).rejects.toMatchObject({ code: 'external-unavailable' });
    broken.close();
  });

  it('takes a reader who is behind for no silence', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { client } = await start((response) => {
        response.end(chunk('Hel') + chunk('lo') + chunk(null, 'stop'));
      });
      const words: unknown[] = [];
      for await (const event of client.ask(REQUEST, never)) {
        words.push(event.type);
        vi.advanceTimersByTime(600_000);
      }
      expect(words).toEqual(['text', 'text', 'end']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('sends the question in the words of the API and reads the answer', async () => {
    const { running, client } = await start((response) => {
      response.write(': still working\n\n');
      response.write(chunk(''));
      response.write(chunk('Hel') + chunk('lo'));
      response.write(chunk(null, 'stop'));
      response.end('data: [DONE]\n\n');
    });
    expect(await read(client.ask(REQUEST, never))).toEqual([
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
      { type: 'end', reason: 'stop' },
    ]);
    expect(running.asked).toMatchObject([
      {
        ...{ model: 'small', stream: true, max_tokens: 9, seed: 5, temperature: 0, stop: ['END'] },
        messages: [{ role: 'user', content: 'Hi' }],
      },
    ]);
  });

  it('reads an answer that comes in single bytes, with line ends of any kind', async () => {
    const text = `event: x\r\n${chunk('é🙂').replaceAll('\n', '\r\n')}${chunk(null, 'length')}`;
    const { client } = await start((response) => {
      void (async () => {
        for (const byte of Buffer.from(text)) {
          response.write(Buffer.of(byte));
          await new Promise(setImmediate);
        }
        response.end();
      })();
    });
    expect(await read(client.ask(REQUEST, never))).toEqual([
      { type: 'text', text: 'é🙂' },
      { type: 'end', reason: 'length' },
    ]);
  });

  it.each<[string, Speak, number, string]>([
    ['breaks off', (response) => response.end(chunk('Hel')), 200, 'external-unavailable'],
    [
      'is no such server',
      (response) => response.end('data: <html>\n\n'),
      200,
      'external-unavailable',
    ],
    [
      'reports an error in its stream',
      (response) => response.end('data: {"error":{"message":"out of memory"}}\n\n'),
      200,
      'external-unavailable',
    ],
    ['resets', (response) => response.destroy(), 200, 'external-unavailable'],
    ['fails', (response) => response.end('no'), 500, 'external-unavailable'],
    ['is busy', (response) => response.end('no'), 429, 'engine-busy'],
    ['sends elsewhere', (response) => response.end(), 302, 'external-unavailable'],
  ])('says so when the server %s', async (_name, speak, status, code) => {
    const { client } = await start(speak, status);
    await expect(read(client.ask(REQUEST, never))).rejects.toMatchObject({ code });
  });

  it('refuses an event without end', async () => {
    const { client } = await start((response) => {
      response.write(`data: ${'x'.repeat(2_000_000)}`);
    });
    await expect(read(client.ask(REQUEST, never))).rejects.toMatchObject({
      code: 'external-unavailable',
    });
  });

  it('hangs up when it is stopped, so that the server stops', async () => {
    const { running, client } = await start((response) => {
      response.write(chunk('on and on'));
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const event of client.ask(REQUEST, stop.signal)) {
        if (event.type === 'text') stop.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    await expect.poll(() => running.left).toBe(1);
  });

  it('checks that the server is there and has the model', async () => {
    const { running, client } = await start((response) => response.end());
    await client.check();
    const other = createExternalClient({ baseUrl: running.baseUrl, model: 'large' });
    await expect(other.check()).rejects.toMatchObject({
      code: 'external-unavailable',
      details: 'it does not have that model; it has small',
    });
    await running.close();
    server = null;
    await expect(client.check()).rejects.toMatchObject({ code: 'external-unavailable' });
  });

  it('asks in the clear only on this computer and its own network', () => {
    for (const url of ['http://127.0.0.1:1/v1', 'http://localhost/v1', 'http://[::1]:8/v1']) {
      expect(isAskable(url)).toBe(true);
    }
    for (const url of [
      'http://192.168.1.9/v1',
      'http://10.0.0.1',
      'http://172.20.1.1',
      'https://a.b',
    ]) {
      expect(isAskable(url)).toBe(true);
    }
    const refused = [
      'http://example.org/v1',
      'http://172.32.0.1',
      'http://8.8.8.8',
      'ftp://10.0.0.1',
    ];
    for (const url of [
      ...refused,
      'http://user:word@127.0.0.1',
      'http://10.0.0.1.example.org',
      'x',
    ]) {
      expect(isAskable(url)).toBe(false);
    }
  });
});
