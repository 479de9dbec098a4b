/** The supervisor of the chain process, with processes that exist only here. */
import { describe, expect, it } from 'vitest';
import { createChain, IDLE_MS } from '../../../electron/chain/chain.ts';
import { REQUEST_TIMEOUT_MS } from '../../../electron/chain/chain-session.ts';
import { toChainSchema } from '../../../electron/chain/messages.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createScriptedChildren, type ScriptedChild } from '../../fakes/scripted-child.ts';

const STARTED = {
  type: 'started',
  started: { rpcUrl: null, replayed: 3, skipped: 0, cutBytes: 0, damagedKeptAs: null },
};
const CALL = { method: 'eth_blockNumber', params: [] };

/** Starts at once and answers every request with its method. */
function obey(child: ScriptedChild, raw: unknown): void {
  const message = toChainSchema.parse(raw);
  if (message.type === 'start') child.say(STARTED);
  if (message.type === 'pulse') child.say({ type: 'pulse' });
  if (message.type === 'request') {
    child.say({ type: 'result', id: message.id, result: message.method });
  }
}

function setUp(onPost = obey, rpcPort: number | null = null) {
  const children = createScriptedChildren((child, message) => {
    queueMicrotask(() => {
      onPost(child, message);
    });
  });
  const clock = createManualClock();
  const log = createMemoryLog();
  const source = { mode: 'practice', folder: 'chain' } as const;
  const chain = createChain({ spawn: children.spawn, clock, log }, { source, rpcPort });
  return { chain, children, clock, log };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the chain', () => {
  it('starts nothing before it is asked, then one process for all', async () => {
    const { chain, children } = setUp();
    expect(children.all).toHaveLength(0);
    const answers = await Promise.all([chain.request(CALL), chain.request(CALL), chain.start()]);
    expect(answers).toEqual(['eth_blockNumber', 'eth_blockNumber', STARTED.started]);
    expect(children.all).toHaveLength(1);
    await chain.dispose();
  });

  it('ends the process after a minute without requests, and starts another when asked', async () => {
    const { chain, children, clock } = setUp();
    await chain.request(CALL);
    for (let ms = 0; ms < IDLE_MS - 1_000; ms += 500) {
      clock.advance(500);
      await turn();
    }
    await chain.request(CALL);
    clock.advance(900);
    await turn();
    expect(children.last.isAlive).toBe(true);
    for (let ms = 0; ms <= IDLE_MS; ms += 500) {
      clock.advance(500);
      await turn();
    }
    expect(children.last.isAlive).toBe(false);
    expect(await chain.request(CALL)).toBe('eth_blockNumber');
    expect(children.all).toHaveLength(2);
    await chain.dispose();
  });

  it('stays while its port is open to others', async () => {
    const { chain, children, clock } = setUp(obey, 0);
    await chain.request(CALL);
    for (let ms = 0; ms <= 3 * IDLE_MS; ms += 500) {
      clock.advance(500);
      await turn();
    }
    expect(children.last.isAlive).toBe(true);
    await chain.dispose();
    expect(children.last.isAlive).toBe(false);
  });

  it('keeps its port when it has to begin again', async () => {
    const started = { ...STARTED.started, rpcUrl: 'http://127.0.0.1:4567' };
    const { chain, children } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type === 'start') child.say({ type: 'started', started });
    }, 0);
    await chain.start();
    expect(children.last.received[0]).toMatchObject({ type: 'start', rpcPort: 0 });
    children.last.exit(null);
    await turn();
    await chain.start();
    expect(children.last.received[0]).toMatchObject({ type: 'start', rpcPort: 4567 });
    await chain.dispose();
  });

  it('comes back by itself when others were told its address, and not after dispose', async () => {
    const started = { ...STARTED.started, rpcUrl: 'http://127.0.0.1:4567' };
    const { chain, children, clock } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type === 'start') child.say({ type: 'started', started });
    }, 0);
    await chain.start();
    for (let deaths = 1; deaths <= 3; deaths++) {
      children.last.exit(null);
      await turn();
      clock.advance(10_000);
      await turn();
      expect(children.all).toHaveLength(1 + deaths);
      expect(children.last.received[0]).toMatchObject({ type: 'start', rpcPort: 4567 });
    }
    children.last.exit(null);
    await turn();
    await chain.dispose();
    clock.advance(10_000);
    expect(children.all).toHaveLength(4);
  });

  it('fails what waits when the process dies, and begins again with the next request', async () => {
    const { chain, children } = setUp((child, raw) => {
      if (children.all.length > 1) obey(child, raw);
    });
    const waiting = chain.request(CALL);
    const failed = expect(waiting).rejects.toMatchObject({
      fault: 'unavailable',
      code: 'chain-unreachable',
    });
    await turn();
    children.last.exit(null);
    await failed;
    expect(await chain.request(CALL)).toBe('eth_blockNumber');
    await chain.dispose();
  });

  it('passes a refusal on with its code and data', async () => {
    const { chain } = setUp((child, raw) => {
      const message = toChainSchema.parse(raw);
      if (message.type !== 'request') return;
      const failure = { fault: 'refused', message: 'reverted', rpcCode: 3, data: '0xAb' };
      child.say({ type: 'failure', id: message.id, failure });
    });
    await expect(chain.request(CALL)).rejects.toMatchObject({
      fault: 'refused',
      details: 'reverted',
      rpcCode: 3,
      data: '0xab',
    });
    await chain.dispose();
  });

  it('says why it cannot start, and leaves it alone for longer each time', async () => {
    const { chain, children, clock } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type !== 'start') return;
      child.say({ type: 'start-failed', message: 'the folder is gone' });
    });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(chain.start()).rejects.toMatchObject({ details: 'the folder is gone' });
      await turn();
    }
    expect(children.all).toHaveLength(2);
    await expect(chain.start()).rejects.toMatchObject({ fault: 'unavailable' });
    expect(children.all).toHaveLength(2);
    clock.advance(200);
    await expect(chain.start()).rejects.toMatchObject({ details: 'the folder is gone' });
    expect(children.all).toHaveLength(3);
    await chain.dispose();
  });

  it('replaces a process that speaks nonsense or not at all', async () => {
    const { chain, children, clock } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type === 'start') child.say(STARTED);
    });
    await chain.start();
    children.last.say({ type: 'result', id: 0 });
    await turn();
    expect(children.last.isAlive).toBe(false);
    await chain.start();
    const waiting = expect(chain.request(CALL)).rejects.toMatchObject({ fault: 'unavailable' });
    // Two pulses past the ten seconds that it may be silent.
    clock.advance(14_000);
    await turn();
    await waiting;
    expect(children.last.isAlive).toBe(false);
    await chain.dispose();
  });

  it('gives up on an answer that does not come', async () => {
    const { chain, children, clock } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type !== 'request') obey(child, raw);
    });
    await chain.start();
    const waiting = expect(chain.request(CALL)).rejects.toMatchObject({ fault: 'unavailable' });
    for (let ms = 0; ms < REQUEST_TIMEOUT_MS; ms += 500) {
      clock.advance(500);
      await turn();
    }
    await waiting;
    await turn();
    // The idle time is over as well, but something was waiting all the while.
    expect(children.last.isAlive).toBe(true);
    await chain.dispose();
  });

  it('tells of a log that was set aside', async () => {
    const started = { ...STARTED.started, damagedKeptAs: 'chain.log.damaged' };
    const { chain, log } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type === 'start') child.say({ type: 'started', started });
    });
    const heard: unknown[] = [];
    chain.onStarted((news) => heard.push(news));
    await chain.start();
    expect(heard).toEqual([started]);
    expect(log.lines.join('\n')).toContain('damaged');
    await chain.dispose();
  });

  it('is over after dispose', async () => {
    const { chain, children } = setUp((child, raw) => {
      if (toChainSchema.parse(raw).type === 'start') child.say(STARTED);
    });
    const waiting = expect(chain.request(CALL)).rejects.toMatchObject({ fault: 'unavailable' });
    await turn();
    await chain.dispose();
    await waiting;
    expect(children.last.isAlive).toBe(false);
    await expect(chain.request(CALL)).rejects.toMatchObject({ code: 'cancelled' });
    expect(children.all).toHaveLength(1);
  });
});
