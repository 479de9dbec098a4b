/** The supervisor against edge processes that the test plays itself, on a clock that it moves. */
import { describe, expect, it } from 'vitest';
import { createEdge } from '../../../electron/edge/edge-supervisor.ts';
import { EDGE_SILENCE_MS, MAX_CHATS } from '../../../electron/edge/edge-session.ts';
import { PULSE_MS } from '../../../electron/platform/heartbeat.ts';
import type { ChatEvent } from '../../../electron/edge/messages.ts';
import type { EdgeState } from '../../../electron/edge/ports.ts';
import type { Child } from '../../../electron/platform/child.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const TOKEN_HASH = 'ab'.repeat(32);
const COUNTS = { prompt: 1, cached: 0, output: 1 };
const CALL = {
  model: 'local',
  request: {
    turns: [{ role: 'user', text: 'Hi' }],
    sampling: {
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      seed: null,
      frequencyPenalty: 0,
      presencePenalty: 0,
    },
    maxTokens: null,
    stop: [],
  },
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

function playedChild() {
  const messages: ((message: unknown) => void)[] = [];
  const exits: ((code: number | null) => void)[] = [];
  const posted: unknown[] = [];
  let gone = false;
  const exit = (): void => {
    if (gone) return;
    gone = true;
    for (const listener of exits) listener(null);
  };
  const child: Child = {
    pid: 1,
    post: (message) => posted.push(message),
    onMessage(listener) {
      messages.push(listener);
      return () => undefined;
    },
    onExit(listener) {
      exits.push(listener);
      return () => undefined;
    },
    kill: exit,
  };
  const say = (message: unknown): void => {
    for (const listener of messages) listener(message);
  };
  return { child, posted, exit, say, isGone: () => gone };
}

function setUp(
  chat: (signal: AbortSignal) => AsyncIterable<ChatEvent> = never,
  told: (state: EdgeState) => void = () => undefined,
) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const children: ReturnType<typeof playedChild>[] = [];
  const states: EdgeState['state'][] = [];
  const edge = createEdge(
    {
      clock,
      log,
      spawn: () => {
        const played = playedChild();
        children.push(played);
        return played.child;
      },
    },
    {
      models: () => [],
      chat: (_call, signal) => chat(signal),
      stateChanged: (state) => {
        states.push(state.state);
        told(state);
      },
    },
  );
  const last = () => {
    const child = children.at(-1);
    if (!child) throw new Error('no child');
    return child;
  };
  return { clock, log, children, states, edge, last };
}

function isAbout(message: unknown, id: number): boolean {
  return typeof message === 'object' && message !== null && 'id' in message && message.id === id;
}

async function* never(signal: AbortSignal): AsyncGenerator<ChatEvent> {
  yield { type: 'start', model: 'Small', fingerprint: 'f' };
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  yield { type: 'end', reason: 'cancelled', counts: COUNTS };
}

describe('listening', () => {
  it('tells the process where, and reports the port it got', async () => {
    const { edge, last } = setUp();
    const listening = edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    expect(last().posted).toEqual([{ type: 'listen', port: 0, tokenHash: TOKEN_HASH }]);
    last().say({ type: 'listening', port: 4321 });
    await expect(listening).resolves.toEqual({ port: 4321 });
  });

  it('says that a port is taken, ends the process, and can be asked again', async () => {
    const { edge, last, children, clock } = setUp();
    const listening = edge.listen({ port: 80, tokenHash: TOKEN_HASH });
    last().say({ type: 'listen-failed', failure: { code: 'port-in-use', details: 'Port 80.' } });
    await expect(listening).rejects.toMatchObject({ code: 'port-in-use', details: 'Port 80.' });
    expect(last().isGone()).toBe(true);
    clock.advance(60_000);
    expect(children).toHaveLength(1);
    const again = edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    last().say({ type: 'listening', port: 5 });
    await expect(again).resolves.toEqual({ port: 5 });
  });

  it('gives up on a process that never starts', async () => {
    const { edge, last, children, clock } = setUp();
    const listening = edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    for (let death = 0; death < 3; death += 1) {
      last().exit();
      clock.advance(1_000);
    }
    await expect(listening).rejects.toMatchObject({ code: 'endpoint-unavailable' });
    expect(children).toHaveLength(3);
  });

  it('works although whoever is told of it fails', async () => {
    const { edge, last, log, states } = setUp(never, () => {
      throw new Error('the disk is full');
    });
    const listening = edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    last().say({ type: 'listening', port: 5 });
    await expect(listening).resolves.toEqual({ port: 5 });
    expect(states).toEqual(['starting', 'listening']);
    expect(log.lines.filter((line) => line.includes('the disk is full'))).toHaveLength(2);
    await edge.dispose();
    const again = edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    last().say({ type: 'listen-failed', failure: { code: 'port-in-use', details: null } });
    await expect(again).rejects.toMatchObject({ code: 'port-in-use' });
  });

  it('ends with dispose', async () => {
    const { edge, last } = setUp();
    const listening = edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    const ended = Promise.all([edge.dispose(), edge.dispose()]);
    await expect(listening).rejects.toBeInstanceOf(AppError);
    await ended;
    expect(last().isGone()).toBe(true);
  });
});

describe('a process that dies', () => {
  async function listening(chat?: (signal: AbortSignal) => AsyncIterable<ChatEvent>) {
    const parts = setUp(chat);
    const promise = parts.edge.listen({ port: 0, tokenHash: TOKEN_HASH });
    parts.last().say({ type: 'listening', port: 4321 });
    await promise;
    return parts;
  }

  it('is started again on the same port, later each time', async () => {
    const { last, children, clock, states } = await listening();
    last().exit();
    clock.advance(99);
    expect(children).toHaveLength(1);
    clock.advance(1);
    expect(children).toHaveLength(2);
    expect(last().posted[0]).toEqual({ type: 'listen', port: 4321, tokenHash: TOKEN_HASH });
    last().exit();
    clock.advance(199);
    expect(children).toHaveLength(2);
    clock.advance(1);
    last().say({ type: 'listening', port: 4321 });
    expect(states).toEqual(['starting', 'listening', 'starting', 'starting', 'listening']);
  });

  it('keeps trying while another program holds its port', async () => {
    const { last, children, clock, states } = await listening();
    last().exit();
    clock.advance(100);
    last().say({ type: 'listen-failed', failure: { code: 'port-in-use', details: null } });
    expect(states.at(-1)).toBe('failed');
    clock.advance(200);
    expect(children).toHaveLength(3);
  });

  it('takes its chats with it', async () => {
    let aborted: AbortSignal | undefined;
    const { last } = await listening((signal) => {
      aborted = signal;
      return never(signal);
    });
    last().say({ type: 'chat', id: 1, call: CALL });
    await turn();
    expect(aborted?.aborted).toBe(false);
    last().exit();
    expect(aborted?.aborted).toBe(true);
  });

  it('is told that the engine is busy beyond what main holds, and lives', async () => {
    const { last } = await listening();
    for (let id = 1; id <= MAX_CHATS + 1; id += 1) last().say({ type: 'chat', id, call: CALL });
    await turn();
    expect(last().isGone()).toBe(false);
    const refused = { type: 'failure', id: MAX_CHATS + 1, failure: { code: 'engine-busy' } };
    expect(last().posted.find((message) => isAbout(message, refused.id))).toMatchObject(refused);
  });

  it('is killed by us when it uses a chat id twice', async () => {
    const { last } = await listening();
    last().say({ type: 'chat', id: 1, call: CALL });
    last().say({ type: 'chat', id: 1, call: CALL });
    expect(last().isGone()).toBe(true);
  });

  it.each([
    ['an unknown message', { type: 'own-everything' }],
    ['an unknown field', { type: 'pulse', extra: 1 }],
    ['a wrong chat', { type: 'chat', id: 1, call: { ...CALL, model: 5 } }],
    [
      'an endless prompt',
      {
        type: 'chat',
        id: 1,
        call: {
          model: 'local',
          request: {
            ...CALL.request,
            turns: Array.from({ length: 5 }, () => ({
              role: 'user',
              text: 'x'.repeat(1024 * 1024),
            })),
          },
        },
      },
    ],
  ])('is killed by us when it sends %s', async (_name, message) => {
    const { last, children, clock } = await listening();
    last().say(message);
    expect(last().isGone()).toBe(true);
    clock.advance(100);
    expect(children).toHaveLength(2);
  });

  it('is killed by us when it stops answering pulses', async () => {
    const { last, clock } = await listening();
    const child = last();
    clock.advance(EDGE_SILENCE_MS / 2);
    child.say({ type: 'pulse' });
    clock.advance(EDGE_SILENCE_MS);
    expect(child.isGone()).toBe(false);
    clock.advance(PULSE_MS);
    expect(child.isGone()).toBe(true);
  });
});
