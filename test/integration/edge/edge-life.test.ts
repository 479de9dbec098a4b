/** The edge process through its life: where it listens, how it dies, and how it comes back. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEdge, EDGE_ENTRY } from '../../../electron/edge/edge-supervisor.ts';
import type { Clock } from '../../../electron/platform/clock.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { connectRaw, requestHead } from '../../fakes/raw-client.ts';
import { startRunningEdge, TOKEN, TOKEN_HASH, type RunningEdge } from '../../fakes/running-edge.ts';

const disposals: (() => unknown)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

async function start(): Promise<RunningEdge> {
  const running = await startRunningEdge();
  disposals.push(() => running.edge.dispose());
  return running;
}

function healthOf(port: number): Promise<Response> {
  return fetch(`http://127.0.0.1:${String(port)}/health`, { headers: { connection: 'close' } });
}

/** An edge whose main does nothing but what the test wants. */
function bareEdge(clock: Clock = systemClock) {
  const forks = createForkedChildren('edge');
  const edge = createEdge(
    { spawn: forks.spawn, clock, log: createMemoryLog() },
    {
      models: () => [],
      chat: () => {
        throw new Error('nobody chats here');
      },
    },
  );
  disposals.push(() => edge.dispose());
  return { edge, forks };
}

describe('where it listens', () => {
  it.skipIf(process.platform !== 'linux')('is 127.0.0.1 and nowhere else', async () => {
    const { port } = await start();
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hex}`) === true)
        .map(([, local]) => local),
    );
    expect(listening).toEqual([`0100007F:${hex}`]);
  });

  it('is said to be taken when another program is there', async () => {
    const other = createServer();
    disposals.push(() => other.close());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { edge } = bareEdge();
    await expect(edge.listen({ port, tokenHash: TOKEN_HASH })).rejects.toMatchObject({
      code: 'port-in-use',
      details: expect.stringContaining(String(port)) as string,
    });
    const { port: free } = await edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    expect((await healthOf(free)).status).toBe(200);
  });
});

describe('how it ends', () => {
  it('comes back on the same port after kill -9, its chats cancelled', async () => {
    const running = await start();
    const client = await connectRaw(running.port);
    const body = JSON.stringify({
      model: 'local',
      messages: [{ role: 'user', content: 'hang' }],
      stream: true,
    });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    client.send(requestHead('POST /v1/chat/completions', running.port, TOKEN, headers) + body);
    await client.seen('"on"');
    const pid = running.process().pid;
    const back = running.nextState('listening');
    running.process().kill('SIGKILL');
    expect(await client.closed()).not.toContain('[DONE]');
    await running.engine.until((engine) => engine.cancelled === 1);
    expect(await back).toEqual({ state: 'listening', port: running.port });
    expect(running.process().pid).not.toBe(pid);
    expect((await healthOf(running.port)).status).toBe(200);
  });

  it('outlives a main that is held up for seconds, and ends by itself 10 s after the last pulse', async () => {
    const forks = createForkedChildren('edge');
    const child = forks.spawn(EDGE_ENTRY, { name: 'edge' });
    disposals.push(() => {
      child.kill();
    });
    const answered = new Promise<void>((resolve) => {
      child.onMessage(() => {
        resolve();
      });
    });
    child.post({ type: 'pulse' });
    await answered;
    const startMs = systemClock.monotonicMs();
    await new Promise<void>((resolve) => {
      child.onExit(() => {
        resolve();
      });
    });
    const livedMs = systemClock.monotonicMs() - startMs;
    expect(livedMs).toBeGreaterThan(9_000);
    expect(livedMs).toBeLessThan(20_000);
  });

  it('ends at once when main goes', async () => {
    const { edge, forks } = bareEdge();
    await edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    const [child] = forks.processes;
    const gone = new Promise<number | null>((resolve) => {
      child?.once('exit', resolve);
    });
    child?.disconnect();
    expect(await gone).toBe(0);
  });

  it('leaves no process and no listener after dispose', async () => {
    const { edge, forks } = bareEdge();
    const { port } = await edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    await edge.dispose();
    const [child] = forks.processes;
    expect(child?.signalCode ?? child?.exitCode).not.toBeNull();
    await expect(healthOf(port)).rejects.toThrow();
    expect(forks.processes).toHaveLength(1);
  });
});
