/** llama-server, as somebody who knows its flags would run it, streaming over HTTP with keep-alive. */
import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { cpuMsOf } from './cpu-time.ts';
import { readServerStream } from './server-stream.ts';
import { NOTHING, type Ask, type EngineShape, type Side } from './side.ts';

const HOST = '127.0.0.1';
const START_LIMIT_MS = 60_000;
const START_POLL_MS = 50;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface ServerSide extends Side {
  /** How many tokens a text has by itself. */
  count(text: string): Promise<number>;
}

/**
 * @param folder holds the `llama-server` binary and its libraries
 * @throws when it does not answer in time
 */
export async function startServer(folder: string, shape: EngineShape): Promise<ServerSide> {
  const port = await freePort();
  const child = spawn(path.join(folder, 'llama-server'), flags(shape, port), {
    env: { ...process.env, LD_LIBRARY_PATH: folder },
    stdio: 'ignore',
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // It would outlive a bench that ends without its `finally`.
  const kill = () => child.kill('SIGKILL');
  const leave = () => process.exit(1);
  process.once('exit', kill);
  for (const signal of SIGNALS) process.once(signal, leave);
  const agent = new http.Agent({ keepAlive: true });
  const stop = async () => {
    agent.destroy();
    process.off('exit', kill);
    for (const signal of SIGNALS) process.off(signal, leave);
    kill();
    await gone;
  };
  try {
    await untilHealthy(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  const post = (route: string, body: object, signal?: AbortSignal) =>
    request(agent, port, route, body, signal);
  return {
    name: 'peer',
    ask: (ask) => write(post, ask),
    async count(text) {
      const response = await post('/tokenize', { content: text });
      return tokenized.parse(await json(response)).tokens.length;
    },
    cpuMs: () => cpuMsOf(child.pid),
    stop,
  };
}

const tokenized = z.object({ tokens: z.array(z.number()) });

/** Slots of the same size as ours; caches, batch sizes and flash attention at its own defaults, which are good ones. */
function flags(shape: EngineShape, port: number): string[] {
  const { modelPath, sequences, contextTokens, threads, backend } = shape;
  return [
    ...['-m', modelPath, '-np', String(sequences), '-c', String(sequences * contextTokens)],
    ...[
      '-t',
      String(threads),
      '-ngl',
      backend === 'cpu' ? '0' : '999',
      '--host',
      HOST,
      '--port',
      String(port),
    ],
    ...['--offline', '--log-disable'],
  ];
}

type Post = (route: string, body: object, signal?: AbortSignal) => Promise<http.IncomingMessage>;

async function write(post: Post, ask: Ask) {
  const { turns, maxTokens, signal } = ask;
  const messages = turns.map(({ role, text }) => ({ role, content: text }));
  const body = {
    messages,
    max_tokens: maxTokens,
    ...{ stream: true, stream_options: { include_usage: true }, cache_prompt: true },
    // Greedy at its cheapest: one sampler that leaves one token.
    ...{ temperature: 0, top_k: 1, samplers: ['top_k'], ignore_eos: true },
  };
  try {
    return await readServerStream(await post('/v1/chat/completions', body, signal), ask);
  } catch (error) {
    if (signal?.aborted === true) return { ...NOTHING, endMs: performance.now() };
    throw error;
  }
}

function request(
  agent: http.Agent,
  port: number,
  route: string,
  body: object,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { agent, host: HOST, port, path: route, method: 'POST', headers };
    const sent = http.request({ ...options, ...(signal && { signal }) }, resolve);
    sent.on('error', (error) => {
      // It closes a connection that was quiet for some seconds, and may do so just now.
      const isStale = sent.reusedSocket && signal?.aborted !== true;
      if (isStale) resolve(request(agent, port, route, body, signal));
      else reject(error);
    });
    sent.end(JSON.stringify(body));
  });
}

async function untilHealthy(port: number, child: ChildProcess): Promise<void> {
  const giveUp = AbortSignal.timeout(START_LIMIT_MS);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`llama-server ended: ${String(child.exitCode)}`);
    if (giveUp.aborted) throw new Error('llama-server did not get ready');
    const response = await fetch(`http://${HOST}:${String(port)}/health`).catch(() => null);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, START_POLL_MS));
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, () => resolve()));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
