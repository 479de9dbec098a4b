/** The server's time-outs, with limits small enough to wait for. */
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpEndpoint } from '../../../electron/edge/http-endpoint.ts';
import { EDGE_LIMITS, type EdgeLimits } from '../../../electron/edge/limits.ts';
import type { HttpRoute } from '../../../electron/edge/ports.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { connectRaw, requestHead } from '../../fakes/raw-client.ts';
import { TOKEN, TOKEN_HASH } from '../../fakes/running-edge.ts';
import type { EventStream } from '../../../electron/platform/http-reply.ts';

const disposals: (() => void)[] = [];

afterEach(() => {
  for (const dispose of disposals.splice(0)) dispose();
});

type Answer = HttpRoute['answer'];

async function start(
  limits: Partial<EdgeLimits>,
  answer: Answer = ok,
  method: 'GET' | 'POST' = 'GET',
) {
  const bugs: unknown[] = [];
  const endpoint = createHttpEndpoint({
    api: { find: (path) => (path === '/it' ? { method, open: false, answer } : null) },
    tokenHash: Buffer.from(TOKEN_HASH, 'hex'),
    limits: { ...EDGE_LIMITS, timeoutCheckMs: 20, ...limits },
    clock: systemClock,
    onBug: (error) => bugs.push(error),
  });
  disposals.push(() => {
    endpoint.close();
  });
  const port = await endpoint.listen(0);
  const client = await connectRaw(port);
  disposals.push(() => client.socket.destroy());
  return { port, client, bugs };
}

const ok: Answer = (_body, reply) => {
  reply.json(200, { fine: true });
  return Promise.resolve();
};

describe('a client that is too slow', () => {
  it('with its headers gets 408 and is closed', async () => {
    const { client } = await start({ headersTimeoutMs: 80 });
    client.send('GET /it HTTP/1.1\r\nhost: 127');
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 .*request_timeout/s);
  });

  it('with its body gets 408 and is closed', async () => {
    const limits = { headersTimeoutMs: 80, requestTimeoutMs: 120 };
    const { client, port, bugs } = await start(limits, ok, 'POST');
    const headers = { 'content-type': 'application/json', 'content-length': 100 };
    client.send(`${requestHead('POST /it', port, TOKEN, headers)}{`);
    expect(await client.closed()).toMatch(/^(HTTP\/1\.1 408 .*request_timeout.*)?$/s);
    expect(bugs).toEqual([]);
  });

  it('to ask again is closed', async () => {
    const { client, port } = await start({ keepAliveMs: 50 });
    client.send(requestHead('GET /it', port, TOKEN));
    expect(await client.closed()).toContain('"fine":true');
  });

  it('to say anything at all is closed', async () => {
    const { client } = await start({ headersTimeoutMs: 80 });
    await client.closed();
  });

  it('to read is cut off, and its request is aborted', async () => {
    await new Promise<void>((resolve, reject) => {
      const answer: Answer = (_body, reply, signal) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
        fill(reply.events());
        return Promise.resolve();
      };
      start({ stallMs: 100 }, answer).then(({ client, port }) => {
        client.socket.pause();
        client.send(requestHead('GET /it', port, TOKEN));
      }, reject);
    });
  });
});

describe('a route with a bug', () => {
  it('is answered with 500, which says nothing of it', async () => {
    const { client, port, bugs } = await start({}, () => Promise.reject(new Error('secret')));
    client.send(requestHead('GET /it', port, TOKEN));
    const text = await client.seen('internal_error');
    expect(text).toMatch(/^HTTP\/1\.1 500 /);
    expect(text).not.toContain('secret');
    expect(bugs).toHaveLength(1);
  });
});

/** Writes until the reader is behind. */
function fill(stream: EventStream): void {
  const block = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 64; count += 1) stream.write(block);
}
