/** Downloads against a hostile server, with the real process, real sockets and real files. */
import { statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer, type ServerFault } from '../../fakes/model-server.ts';
import { createDownloadWorld, someContent, type DownloadWorld } from './download-world.ts';

const CONTENT = someContent(400_000);

let world: DownloadWorld;
let server: ModelServer;
let mirror: ModelServer;

beforeEach(async () => {
  world = createDownloadWorld();
  server = await startModelServer(CONTENT);
  mirror = await startModelServer(CONTENT);
});

afterEach(async () => {
  await world.dispose();
  await server.close();
  await mirror.close();
});

async function fetchAll(urls: readonly string[] = [server.url]): Promise<string> {
  const end = await world.fetch(world.job(urls, CONTENT));
  if (end !== 'done') {
    expect(world.file()).toBeNull();
    return end.failure?.code ?? 'no code';
  }
  expect(world.file()?.equals(CONTENT)).toBe(true);
  expect(world.names()).toEqual(['model.gguf']);
  return 'done';
}

describe('a download from a good server', () => {
  it('ends in a file that only its owner reads', async () => {
    expect(await fetchAll()).toBe('done');
    const { mode } = statSync(world.destination);
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
    expect(server.requests).toHaveLength(1);
  });

  it('sends nothing but what is needed', async () => {
    await fetchAll();
    expect(Object.keys(server.requests[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  it('leaves no process behind when nothing is left to do', async () => {
    await fetchAll();
    const [child] = world.children.processes;
    if (child?.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve));
    }
    expect(world.children.processes).toHaveLength(1);
  });

  it('uses a file that is there already instead of fetching it again', async () => {
    await fetchAll();
    expect(await fetchAll()).toBe('done');
    expect(server.requests).toHaveLength(1);
  });
});

describe('a download from a bad server', () => {
  const survives: readonly (readonly [string, readonly ServerFault[]])[] = [
    [
      'redirects',
      [
        { kind: 'redirect', to: '/elsewhere' },
        { kind: 'redirect', to: '/there' },
      ],
    ],
    ['truncation', [{ kind: 'truncated', afterBytes: 100_000 }]],
    ['a stall', [{ kind: 'stall', afterBytes: 100_000 }]],
    ['a stall before the head', [{ kind: 'stalled-head' }]],
    ['429 with Retry-After', [{ kind: 'status', status: 429, retryAfter: '0' }]],
    ['503', [{ kind: 'status', status: 503 }]],
    ['a fault of the server', [{ kind: 'status', status: 502 }]],
    ['no length', [{ kind: 'no-length' }]],
    ['a slow line', [{ kind: 'slow', bytes: 20_000 }]],
    [
      'ranges that it ignores',
      [{ kind: 'truncated', afterBytes: 150_000 }, { kind: 'range-ignored' }],
    ],
  ];
  it.each(survives)('survives %s', async (_name, faults) => {
    server.faults.push(...faults);
    expect(await fetchAll()).toBe('done');
  });

  const refusals: readonly (readonly [string, ServerFault, string])[] = [
    ['a loop of redirects', { kind: 'redirect', to: '/model.gguf' }, 'download-failed'],
    ['a redirect to another scheme', { kind: 'redirect', to: 'file:///x' }, 'download-failed'],
    ['a file that is not there', { kind: 'status', status: 404 }, 'download-failed'],
    ['huge headers', { kind: 'huge-headers' }, 'download-failed'],
    ['a packed body', { kind: 'packed' }, 'download-failed'],
    ['wrong bytes', { kind: 'wrong-bytes' }, 'download-damaged'],
    ['a byte now and then', { kind: 'slow', bytes: 1 }, 'download-failed'],
    ['stalls without end', { kind: 'stalled-head' }, 'download-failed'],
  ];
  it.each(refusals)('fails with a code at %s', async (_name, fault, code) => {
    server.fault = fault;
    expect(await fetchAll()).toBe(code);
  });

  it.each(refusals.slice(-3))('takes a mirror at %s', async (_name, fault) => {
    server.fault = fault;
    expect(await fetchAll([server.url, mirror.url])).toBe('done');
  });

  it('follows at most ten redirects', async () => {
    server.fault = { kind: 'redirect', to: '/model.gguf' };
    await fetchAll();
    expect(server.requests).toHaveLength(11);
  });

  it('asks for what is missing, under the tag that it was given', async () => {
    server.faults.push({ kind: 'truncated', afterBytes: 150_000 });
    await fetchAll();
    expect(server.requests[1]).toMatchObject({ range: 'bytes=150000-', ifRange: '"one"' });
  });

  it('notices another tag in the middle', async () => {
    server.faults.push({ kind: 'truncated', afterBytes: 150_000 });
    const end = world.fetch(world.job([server.url], CONTENT));
    await server.nextRequest();
    server.etag = '"two"';
    expect(await end).toMatchObject({ failure: { code: 'download-changed' } });
    expect(world.names()).toEqual([]);
  });

  it('notices another length in the middle, and lets a mirror finish', async () => {
    server.faults.push({ kind: 'truncated', afterBytes: 150_000 });
    const end = world.fetch(world.job([server.url, mirror.url], CONTENT));
    await server.nextRequest();
    server.content = CONTENT.subarray(0, 300_000);
    server.etag = null;
    expect(await end).toBe('done');
    expect(world.file()?.equals(CONTENT)).toBe(true);
    expect(mirror.requests[0]?.range).toBe('bytes=150000-');
  });

  it('waits as long as the server asks', async () => {
    server.faults.push({ kind: 'status', status: 429, retryAfter: '1' });
    const startMs = performance.now();
    expect(await fetchAll()).toBe('done');
    expect(performance.now() - startMs).toBeGreaterThan(950);
  });

  it('goes to no host on an open line but this computer', async () => {
    const end = await world.fetch(world.job(['http://models.example/model.gguf'], CONTENT));
    expect(end).toMatchObject({ failure: { code: 'download-failed' } });
  });
});
