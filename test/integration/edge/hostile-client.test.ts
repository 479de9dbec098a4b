/** Bytes that no decent client sends, against the real edge process: each is refused, and the edge lives on. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EDGE_LIMITS } from '../../../electron/edge/limits.ts';
import { connectRaw, requestHead, type RawClient } from '../../fakes/raw-client.ts';
import { startRunningEdge, TOKEN, type RunningEdge } from '../../fakes/running-edge.ts';

const CHAT = 'POST /v1/chat/completions';
const LENGTH = `content-length: ${String(EDGE_LIMITS.maxBodyBytes)}`;
const JSON_TYPE = { 'content-type': 'application/json' };

let running: RunningEdge;
let firstPid: number | undefined;
const clients: RawClient[] = [];

beforeAll(async () => {
  running = await startRunningEdge();
  firstPid = running.process().pid;
});
afterAll(async () => {
  await running.edge.dispose();
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await running.engine.until((engine) => engine.running === 0);
  // Whatever was sent: the same process still answers, and main had nothing to complain about.
  const health = await fetch(`http://127.0.0.1:${String(running.port)}/health`);
  expect(await health.json()).toEqual({ status: 'ok' });
  expect(running.process().pid).toBe(firstPid);
  expect(running.log.lines.filter((line) => / warn | error /.test(line))).toEqual([]);
});

async function open(): Promise<RawClient> {
  const client = await connectRaw(running.port);
  clients.push(client);
  return client;
}

function head(first: string, headers: Record<string, string | number> = {}): string {
  return requestHead(first, running.port, TOKEN, headers);
}

function chat(content: string, headers: Record<string, string | number> = {}, stream = true) {
  const messages = [{ role: 'user', content }];
  const body = JSON.stringify({ model: 'local', messages, stream });
  const length = { 'content-length': Buffer.byteLength(body) };
  return head(CHAT, { ...JSON_TYPE, ...length, ...headers }) + body;
}

async function statusOf(bytes: string): Promise<number> {
  const client = await open();
  client.send(bytes);
  const text = await client.seen('\r\n\r\n');
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
}

describe('who asks (security 24)', () => {
  it.each([
    ['GET /v1/models', { host: 'evil.com' }, 403],
    ['GET /v1/models', { host: '127.0.0.1.evil.com:1' }, 403],
    ['GET /health', { host: 'evil.com' }, 403],
    ['GET /health', { origin: 'https://evil.com' }, 403],
    ['GET /health', { 'sec-fetch-site': 'cross-site' }, 403],
    ['OPTIONS /v1/chat/completions', { origin: 'https://evil.com' }, 403],
    ['GET /v1/models', { authorization: 'Bearer wrong' }, 401],
    ['GET /v1/nothing', { authorization: '' }, 401],
    ['GET /v1/nothing', {}, 404],
    ['GET http://127.0.0.1/v1/models', {}, 404],
    ['GET /v1/models/%ff', {}, 404],
    ['GET /v1/models/../models', {}, 404],
    ['DELETE /v1/models', {}, 405],
    ['GET /v1/chat/completions', {}, 405],
    ['OPTIONS /v1/models', {}, 405],
    ['GET /health', { upgrade: 'websocket', connection: 'upgrade' }, 200],
  ])('%s with %j is %i', async (first, headers, status) => {
    expect(await statusOf(head(first, headers))).toBe(status);
  });

  it('gets no CORS header, whatever the answer', async () => {
    const client = await open();
    client.send(head('OPTIONS /v1/models', { origin: 'http://localhost:3000' }));
    client.send(head('GET /v1/models'));
    expect((await client.seen('"list"')).toLowerCase()).not.toContain('access-control');
  });

  it('may not send two Host headers, or none', async () => {
    const ours = `host: 127.0.0.1:${String(running.port)}\r\n`;
    expect(await statusOf(`GET /health HTTP/1.1\r\n${ours}host: evil.com\r\n\r\n`)).toBe(400);
    expect(await statusOf('GET /health HTTP/1.1\r\n\r\n')).toBe(400);
  });
});

describe('what is sent', () => {
  it.each([
    ['junk', 'hello\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', 400],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a bare line feed in a header', 'GET /health HTTP/1.1\r\nhost: x\r\na: b\nc: d\r\n\r\n', 400],
  ])('%s is refused with status 400 or closed', async (_name, bytes) => {
    const client = await open();
    client.send(bytes);
    expect(await client.closed()).toMatch(/^(HTTP\/1\.1 400 |$)/);
  });

  it.each([
    ['two lengths', { 'content-length': '5\r\ncontent-length: 6' }],
    ['a length and chunks', { 'content-length': 5, 'transfer-encoding': 'chunked' }],
    ['a length that is none', { 'content-length': '-5' }],
    ['an unknown transfer encoding', { 'transfer-encoding': 'gzip' }],
  ])('%s (request smuggling) is refused with status 400 or closed', async (_name, headers) => {
    const client = await open();
    client.send(head(CHAT, { ...JSON_TYPE, ...headers }) + 'hello');
    expect(await client.closed()).toMatch(/^(HTTP\/1\.1 400 |$)/);
  });

  it.each([
    ['no length', JSON_TYPE, '', 411],
    ['a foreign type', { 'content-type': 'text/plain', 'content-length': 2 }, '{}', 415],
    ['a foreign charset', { 'content-type': 'application/json; charset=latin1' }, null, 415],
    ['no type', { 'content-length': 2 }, '{}', 415],
    [
      'a compressed body',
      { ...JSON_TYPE, 'content-encoding': 'gzip', 'content-length': 2 },
      '{}',
      415,
    ],
    ['half a JSON', { ...JSON_TYPE, 'content-length': 5 }, '{"a":', 400],
    ['an empty body', { ...JSON_TYPE, 'content-length': 0 }, '', 400],
    ['bytes that are no UTF-8', { ...JSON_TYPE, 'content-length': 4 }, '"\xff"', 400],
    ['a prototype', { ...JSON_TYPE, 'content-length': 28 }, '{"__proto__":{"model":"x"}} ', 400],
  ])('%s is refused', async (_name, headers, body, status) => {
    const length = body === null ? { 'content-length': 2 } : {};
    expect(await statusOf(head(CHAT, { ...headers, ...length }) + (body ?? '{}'))).toBe(status);
  });

  it('is read by nobody when it says that it is too long', async () => {
    const length = { 'content-length': EDGE_LIMITS.maxBodyBytes + 1 };
    expect(await statusOf(head(CHAT, { ...JSON_TYPE, ...length }))).toBe(413);
    const waiting = { ...length, expect: '100-continue' };
    expect(await statusOf(head(CHAT, { ...JSON_TYPE, ...waiting }))).toBe(413);
  });

  it('is counted when it comes in chunks', async () => {
    const client = await open();
    client.send(head(CHAT, { ...JSON_TYPE, 'transfer-encoding': 'chunked' }));
    const size = 256 * 1024;
    const chunk = `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`;
    const enough = EDGE_LIMITS.maxBodyBytes / size + 1;
    for (let sent = 0; sent < enough; sent += 1) client.send(chunk);
    expect(await client.seen('body_too_large')).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('may be as deep as it likes', async () => {
    const body = '['.repeat(1_000_000);
    const length = { 'content-length': body.length };
    expect(await statusOf(head(CHAT, { ...JSON_TYPE, ...length }) + body)).toBe(400);
  });

  it('may take the whole 4 MiB, and is told when it waits for leave to send', async () => {
    const ask = chat('say ok', { expect: '100-continue' }).replace(/content-length: \d+/, LENGTH);
    const client = await open();
    const [first = '', rest = ''] = splitOnce(ask);
    const body = rest + ' '.repeat(EDGE_LIMITS.maxBodyBytes - rest.length);
    client.send(`${first}\r\n\r\n`);
    await client.seen('HTTP/1.1 100 Continue');
    client.send(body);
    await client.seen('[DONE]');
  });

  it('has headers of 16 KiB at most', async () => {
    const client = await open();
    client.send(head('GET /health', { big: 'x'.repeat(EDGE_LIMITS.maxHeaderBytes) }));
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 431 .*headers_too_large/s);
  });

  it('cannot hide an Origin behind a thousand headers', async () => {
    const headers: Record<string, string> = {};
    for (let index = 0; index < 1_500; index += 1) headers[`h${String(index)}`] = 'x';
    headers['origin'] = 'https://evil.com';
    expect(await statusOf(head('GET /health', headers))).toBe(403);
  });
});

describe('how it is sent', () => {
  it('may be pipelined', async () => {
    const client = await open();
    client.send(head('GET /health') + chat('say a b') + head('GET /v1/models'));
    const text = await client.seen('"list"');
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(text.indexOf('[DONE]')).toBeLessThan(text.indexOf('"list"'));
  });

  it('cancels a good answer when junk is pipelined behind its request', async () => {
    const before = running.engine.cancelled;
    const client = await open();
    client.send(chat('hang'));
    await client.seen('"on"');
    client.send('junk\r\n\r\n');
    const text = await client.closed();
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    await running.engine.until((engine) => engine.cancelled === before + 1);
  });

  it('may be HTTP/1.0, which is answered and closed', async () => {
    const client = await open();
    client.send(chat('say a b').replace('HTTP/1.1', 'HTTP/1.0'));
    const text = await client.closed();
    expect(text).toContain('data: [DONE]');
    expect(text.toLowerCase()).not.toContain('transfer-encoding');
  });

  it('may come byte by byte', async () => {
    const client = await open();
    client.socket.setNoDelay(true);
    for (const byte of chat('say a')) {
      await new Promise((resolve) => client.socket.write(byte, resolve));
    }
    await client.seen('[DONE]');
  });

  it('is cancelled in the engine when the client goes', async () => {
    const before = running.engine.cancelled;
    const goers = await Promise.all([open(), open(), open()]);
    goers.forEach((client, index) => {
      client.send(chat('hang', {}, index !== 1));
    });
    await running.engine.until((engine) => engine.running === 3);
    for (const { socket } of goers) socket.resetAndDestroy();
    await running.engine.until((engine) => engine.cancelled === before + 3);
  });

  it('is cancelled too when it waits behind another answer', async () => {
    const before = running.engine.cancelled;
    const client = await open();
    client.send(chat('hang') + chat('hang'));
    await running.engine.until((engine) => engine.running === 2);
    client.socket.destroy();
    await running.engine.until((engine) => engine.cancelled === before + 2);
  });

  it('is refused with 429 beyond 64 at once, and served again afterwards', async () => {
    const crowd = await Promise.all(Array.from({ length: EDGE_LIMITS.maxRequests }, open));
    for (const client of crowd) client.send(chat('hang'));
    await running.engine.until((engine) => engine.running === EDGE_LIMITS.maxRequests);
    expect(await statusOf(chat('say a'))).toBe(429);
    for (const { socket } of crowd) socket.destroy();
    await running.engine.until((engine) => engine.running === 0);
    expect(await statusOf(chat('say a'))).toBe(200);
  });

  it('is closed unread beyond 256 connections', async () => {
    const crowd = await Promise.all(Array.from({ length: EDGE_LIMITS.maxConnections + 5 }, open));
    const survivors = new Set(crowd);
    for (const client of crowd) {
      void client.closed().then(() => survivors.delete(client));
    }
    await Promise.race(crowd.map((client) => client.closed()));
    expect(survivors.size).toBeGreaterThanOrEqual(EDGE_LIMITS.maxConnections - 1);
  });
});

describe('a reader that does not read', () => {
  it.skipIf(process.platform !== 'linux')('is cut off, and costs little memory', async () => {
    const before = { cancelled: running.engine.cancelled, sampled: running.engine.sampled };
    const startBytes = residentBytes(running.process().pid);
    const client = await open();
    client.socket.pause();
    client.send(chat('flood'));
    await running.engine.until((engine) => engine.cancelled === before.cancelled + 1);
    // The kernel's own socket buffers take some megabytes before anything is felt.
    expect(running.engine.sampled - before.sampled).toBeLessThan(32 * 1024 * 1024);
    expect(residentBytes(running.process().pid) - startBytes).toBeLessThan(32 * 1024 * 1024);
  });
});

function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

function splitOnce(request: string): string[] {
  const at = request.indexOf('\r\n\r\n');
  return [request.slice(0, at), request.slice(at + 4)];
}
