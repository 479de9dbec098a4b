/** The practice chain's order of things, with an EVM that only remembers what it was told. */
import { describe, expect, it } from 'vitest';
import { ChainError, type Eip1193, type RpcCall } from '../../../electron/chain/eip1193.ts';
import { openPracticeChain } from '../../../electron/chain/practice-chain.ts';
import type { LoggedTransaction, TransactionLog } from '../../../electron/chain/transaction-log.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const NOW_S = 1_800_000_000;
const SEND = (raw: unknown): RpcCall => ({ method: 'eth_sendRawTransaction', params: [raw] });

async function setUp(
  had: readonly LoggedTransaction[] = [],
  fail?: (call: RpcCall) => Error | null,
) {
  /** What happened, in order. */
  const events: string[] = [];
  const broken: unknown[] = [];
  const clock = createManualClock(NOW_S * 1000);
  let isDiskFull = false;
  const evm: Eip1193 = {
    async request(call) {
      const error = fail?.(call) ?? null;
      if (error) throw error;
      events.push([call.method, ...call.params.map(String)].join(' '));
      if (call.method === 'eth_getBlockByNumber') return { timestamp: `0x${(1_000).toString(16)}` };
      return '0x1';
    },
  };
  const log: TransactionLog = {
    transactions: had,
    cutBytes: 0,
    damagedKeptAs: null,
    append({ timeS, raw }) {
      if (isDiskFull) throw new Error('ENOSPC');
      events.push(`append ${String(timeS)} ${raw}`);
    },
    removeLast: () => events.push('remove'),
    close: () => undefined,
  };
  const onBroken = (error: unknown) => broken.push(error);
  const chain = await openPracticeChain({ evm, log, clock, onBroken });
  const atStart = events.splice(0);
  return {
    chain,
    clock,
    events,
    broken,
    atStart,
    fillDisk: () => {
      isDiskFull = true;
    },
  };
}

function time(seconds: number): Hex {
  return `0x${seconds.toString(16)}`;
}

describe('the practice chain', () => {
  it('replays what it has at the times it had, and then comes to the present', async () => {
    const { atStart, chain } = await setUp([
      { timeS: 5_000, raw: '0xaa' },
      { timeS: 5_000, raw: '0xbb' },
    ]);
    expect(atStart).toEqual([
      'eth_getBlockByNumber latest false',
      `evm_setNextBlockTimestamp ${time(5_000)}`,
      'eth_sendRawTransaction 0xaa',
      `evm_setNextBlockTimestamp ${time(5_000)}`,
      'eth_sendRawTransaction 0xbb',
      'eth_getBlockByNumber pending false',
      `evm_increaseTime ${time(NOW_S - 1_000)}`,
    ]);
    expect(chain.replayed).toBe(2);
  });

  it('has a transaction on disk before the EVM hears of it', async () => {
    const { chain, events } = await setUp();
    await Promise.all([chain.request(SEND('0xaa')), chain.request(SEND('0xbb'))]);
    expect(events).toEqual([
      `append ${String(NOW_S)} 0xaa`,
      `evm_setNextBlockTimestamp ${time(NOW_S)}`,
      'eth_sendRawTransaction 0xaa',
      `append ${String(NOW_S)} 0xbb`,
      `evm_setNextBlockTimestamp ${time(NOW_S)}`,
      'eth_sendRawTransaction 0xbb',
    ]);
  });

  it('never goes back in time, though the computer’s clock does', async () => {
    const { chain, events } = await setUp([{ timeS: NOW_S + 500, raw: '0xaa' }]);
    await chain.request(SEND('0xbb'));
    expect(events[0]).toBe(`append ${String(NOW_S + 500)} 0xbb`);
  });

  it('takes back what the EVM refuses, and goes on', async () => {
    const refusal = new ChainError('refused', 'nonce too low');
    const { chain, events, broken } = await setUp([], ({ params }) =>
      params[0] === '0xaa' ? refusal : null,
    );
    await expect(chain.request(SEND('0xaa'))).rejects.toBe(refusal);
    expect(events.at(-1)).toBe('remove');
    await chain.request(SEND('0xbb'));
    expect(events.at(-1)).toBe('eth_sendRawTransaction 0xbb');
    expect(broken).toEqual([]);
  });

  it('counts what is refused in a replay', async () => {
    const refusal = new ChainError('refused', 'nonce too low');
    const had = [{ timeS: 5_000, raw: '0xaa' } as const, { timeS: 5_000, raw: '0xbb' } as const];
    const { chain } = await setUp(had, ({ params }) => (params[0] === '0xaa' ? refusal : null));
    expect(chain).toMatchObject({ replayed: 1, skipped: 1 });
  });

  it('tells that it is broken when the EVM does anything but answer, and keeps the line', async () => {
    const panic = new Error('panicked');
    const { chain, events, broken } = await setUp([], ({ params }) =>
      params[0] === '0xaa' ? panic : null,
    );
    await expect(chain.request(SEND('0xaa'))).rejects.toBe(panic);
    expect(broken).toEqual([panic]);
    expect(events).not.toContain('remove');
  });

  it('sends nothing that it cannot write', async () => {
    const { chain, events, fillDisk } = await setUp();
    fillDisk();
    await expect(chain.request(SEND('0xaa'))).rejects.toMatchObject({ fault: 'refused' });
    expect(events).toEqual([]);
  });

  it('asks contracts as of now where the latest block is meant', async () => {
    const { chain, events } = await setUp();
    await chain.request({ method: 'eth_call', params: ['call', 'latest'] });
    await chain.request({ method: 'eth_call', params: ['call'] });
    await chain.request({ method: 'eth_call', params: ['call', '0x1'] });
    await chain.request({ method: 'eth_getBalance', params: ['who', 'latest'] });
    expect(events).toEqual([
      'eth_call call pending',
      'eth_call call pending',
      'eth_call call 0x1',
      'eth_getBalance who latest',
    ]);
  });
});
