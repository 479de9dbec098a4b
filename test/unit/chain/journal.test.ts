/** The journal against a chain that loses, forgets and refuses. */
import { afterEach, describe, expect, it } from 'vitest';
import { ChainError, type Eip1193 } from '../../../electron/chain/eip1193.ts';
import type { JournalEntry } from '../../../electron/chain/journal-entry.ts';
import { createJournal, type Journal } from '../../../electron/chain/journal.ts';
import type { TransactionSigner, TxCall } from '../../../electron/chain/ports.ts';
import { openSqliteJournal } from '../../../electron/chain/sqlite-journal.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import {
  createFakeEth,
  FAKE_CHAIN_ID,
  fakeSigner,
  REFUSES,
  REJECTED,
  REVERTS,
} from '../../fakes/fake-eth.ts';
import { createInstantClock } from '../../fakes/instant-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const ALICE = fakeSigner(0xa);
const BOB = fakeSigner(0xb);
const OUTAGE = new ChainError('unavailable', 'gone');

const disposals: (() => void)[] = [];
afterEach(() => {
  for (const dispose of disposals.splice(0)) dispose();
});

function call(data: Hex): TxCall {
  return { to: ALICE.address, data };
}

/** @param lose asked before each request whether its answer is lost, and whether the request as well */
function setUp(lose: (method: string) => 'request' | 'answer' | null = () => null) {
  const eth = createFakeEth();
  const store = openSqliteJournal(':memory:');
  const log = createMemoryLog();
  const lossy: Eip1193 = {
    async request(rpc) {
      const loss = lose(rpc.method);
      if (loss === 'request') throw OUTAGE;
      const answer = await eth.request(rpc);
      if (loss === 'answer') throw OUTAGE;
      return answer;
    },
  };
  const open = (): Journal => {
    const ports = { store, eip1193: lossy, clock: createInstantClock(), log };
    const journal = createJournal(ports, FAKE_CHAIN_ID);
    disposals.push(() => {
      journal.dispose();
    });
    return journal;
  };
  disposals.push(() => {
    store.dispose();
  });
  return { eth, store, log, open, journal: open() };
}

/** Sends without waiting for a block: what a crash leaves. */
async function leave(
  journal: Journal,
  signer: TransactionSigner,
  data: Hex,
): Promise<JournalEntry> {
  journal.dispose();
  const outcome = await journal.send('test', signer, call(data));
  if (outcome.state !== 'pending') throw new Error(`it was ${outcome.state}`);
  return outcome.entry;
}

describe('sending', () => {
  it('gives twenty callers at once twenty nonces, and each its block', async () => {
    const { eth, journal } = setUp();
    const all = Array.from({ length: 20 }, (_value, index) =>
      journal.send(
        'test',
        index % 2 ? ALICE : BOB,
        call(`0x${index.toString(16).padStart(4, '0')}`),
      ),
    );
    const outcomes = await Promise.all(all);
    expect(outcomes.every(({ state }) => state === 'mined')).toBe(true);
    for (const { address } of [ALICE, BOB]) {
      const nonces = eth.mined.filter(({ from }) => from === address).map(({ nonce }) => nonce);
      expect(nonces).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    expect(new Set(eth.mined.map(({ data }) => data)).size).toBe(20);
  });

  it('is in the journal before the chain hears of it', async () => {
    let journalled: number | null = null;
    const { journal } = setUp((method) => {
      if (method === 'eth_sendRawTransaction') journalled ??= journal.pending().length;
      return null;
    });
    await journal.send('test', ALICE, call('0x01'));
    expect(journalled).toBe(1);
  });

  it('tells what it would revert with, and signs nothing', async () => {
    const { journal } = setUp();
    const outcome = await journal.send('test', ALICE, call(REFUSES));
    expect(outcome).toEqual({ state: 'would-revert', reason: 'reverted', data: '0x1234' });
    expect(journal.list(10)).toEqual([]);
  });

  it('records gas, fee and block, also of one that reverts', async () => {
    const { eth, journal } = setUp();
    const outcome = await journal.send('test', ALICE, call(REVERTS));
    expect(outcome).toMatchObject({
      state: 'reverted',
      inclusion: { blockNumber: 1, blockHash: eth.blockHash(1), gasUsed: 21_000, feeWei: 147_000n },
    });
  });

  it('frees the nonce of one that the node will not have', async () => {
    const { journal } = setUp();
    const outcome = await journal.send('test', ALICE, call(REJECTED));
    expect(outcome).toMatchObject({
      state: 'rejected',
      entry: { nonce: 0, reason: 'intrinsic gas too low' },
    });
    expect(await journal.send('test', ALICE, call('0x02'))).toMatchObject({
      state: 'mined',
      entry: { nonce: 0 },
    });
  });

  it('takes one refusal for a matter of the moment', async () => {
    let sends = 0;
    const { eth, journal } = setUp((method) => {
      if (method === 'eth_sendRawTransaction') eth.refusing = ++sends === 1;
      return null;
    });
    expect(await journal.send('test', ALICE, call('0x01'))).toMatchObject({ state: 'mined' });
    expect(sends).toBe(2);
  });

  it('can try once more what was rejected, in the same words', async () => {
    const { eth, journal } = setUp();
    eth.refusing = true;
    expect(await journal.send('test', ALICE, call('0x01'))).toMatchObject({ state: 'rejected' });
    eth.refusing = false;
    expect(await journal.send('again', ALICE, call('0x01'))).toMatchObject({
      state: 'mined',
      entry: { purpose: 'again', nonce: 0 },
    });
    expect(journal.list(10)).toHaveLength(1);
  });

  it('throws while the chain is away, and leaves nothing behind', async () => {
    const { journal } = setUp(() => 'request');
    await expect(journal.send('test', ALICE, call('0x01'))).rejects.toThrow(OUTAGE);
    expect(journal.list(10)).toEqual([]);
  });

  it('first sends again what the chain lost of the same account', async () => {
    const { eth, journal, open } = setUp();
    await journal.send('test', ALICE, call('0x01'));
    eth.reorg(1, false);
    expect(await open().send('test', ALICE, call('0x02'))).toMatchObject({
      state: 'mined',
      entry: { nonce: 1 },
    });
    expect(eth.mined.map(({ data }) => data)).toEqual(['0x01', '0x02']);
  });

  it('refuses another chain', async () => {
    const { store, log } = setUp();
    const ports = { store, eip1193: createFakeEth(99), clock: createInstantClock(), log };
    const journal = createJournal(ports, FAKE_CHAIN_ID);
    await expect(journal.send('test', ALICE, call('0x01'))).rejects.toThrow(ChainError);
    await expect(journal.settle()).rejects.toMatchObject({ fault: 'wrong-chain' });
  });

  it('waits for a block that comes later', async () => {
    let polls = 0;
    const { eth, journal } = setUp((method) => {
      if (method === 'eth_getTransactionReceipt' && ++polls === 5) eth.mine();
      return null;
    });
    eth.automine = false;
    expect(await journal.send('test', ALICE, call('0x01'))).toMatchObject({ state: 'mined' });
    expect(eth.count('eth_sendRawTransaction')).toBe(1);
  });

  it('stops waiting after a minute, and says that it is pending', async () => {
    const { eth, journal } = setUp();
    eth.automine = false;
    expect(await journal.send('test', ALICE, call('0x01'))).toMatchObject({ state: 'pending' });
    eth.mine();
    await journal.settle();
    expect(journal.pending()).toEqual([]);
  });
});

describe('a key', () => {
  it('makes two calls at once one transaction', async () => {
    const { eth, journal } = setUp();
    const send = () => journal.send('test', ALICE, call('0x01'), { key: 'once' });
    const [one, other] = await Promise.all([send(), send()]);
    expect(eth.mined).toHaveLength(1);
    expect(one).toEqual(other);
  });

  it('answers after a crash with what was signed before it', async () => {
    const { eth, journal, open } = setUp();
    eth.automine = false;
    journal.dispose();
    await journal.send('test', ALICE, call('0x01'), { key: 'once' });
    eth.reorg(0, false);
    eth.automine = true;
    const outcome = await open().send('test', ALICE, call('0x01'), { key: 'once' });
    expect(outcome.state).toBe('mined');
    expect(eth.mined).toHaveLength(1);
  });

  it('lets what reverted be tried again', async () => {
    const { eth, journal } = setUp();
    await journal.send('test', ALICE, call(REVERTS), { key: 'once' });
    const outcome = await journal.send('test', ALICE, call('0x01'), { key: 'once' });
    expect(outcome.state).toBe('mined');
    expect(eth.mined).toHaveLength(2);
  });
});

describe('settling', () => {
  it('sends what never arrived', async () => {
    let isLost = true;
    const { eth, journal, open } = setUp((method) =>
      isLost && method === 'eth_sendRawTransaction' ? 'request' : null,
    );
    await leave(journal, ALICE, '0x01');
    expect(eth.mined).toEqual([]);
    isLost = false;
    await open().settle();
    expect(eth.mined).toHaveLength(1);
    expect(open().pending()).toEqual([]);
  });

  it('does not send again what arrived without anybody hearing of it', async () => {
    const { eth, journal, open } = setUp((method) =>
      method === 'eth_sendRawTransaction' ? 'answer' : null,
    );
    const entry = await leave(journal, ALICE, '0x01');
    const heard: Hex[] = [];
    const next = open();
    next.onMined(({ hash }) => heard.push(hash));
    await next.settle();
    expect(heard).toEqual([entry.hash]);
    expect(eth.count('eth_sendRawTransaction')).toBe(1);
  });

  it.each([true, false])('follows a block that vanished (transactions kept: %s)', async (kept) => {
    const { eth, journal } = setUp();
    const heard: JournalEntry[] = [];
    journal.onMined((entry) => heard.push(entry));
    await journal.send('test', ALICE, call('0x01'));
    await journal.send('test', ALICE, call('0x02'));
    eth.reorg(2, kept);
    await journal.settle();
    expect(eth.mined.map(({ data }) => data)).toEqual(['0x01', '0x02']);
    expect(heard).toHaveLength(4);
    expect(journal.list(2).map(({ inclusion }) => inclusion?.blockHash)).toEqual([
      eth.blockHash(2),
      eth.blockHash(1),
    ]);
  });

  it('sends everything again to a chain that began anew, final or not', async () => {
    const { eth, journal } = setUp();
    for (let index = 0; index < 80; index++) await journal.send('test', ALICE, call('0x01'));
    await journal.settle();
    expect(journal.list(80).filter(({ isFinal }) => isFinal)).toHaveLength(16);
    eth.reorg(80, false);
    await journal.settle();
    expect(eth.mined).toHaveLength(80);
    expect(journal.pending()).toEqual([]);
  });

  it('knows that another transaction took the nonce', async () => {
    const { eth, journal, open } = setUp((method) =>
      method === 'eth_sendRawTransaction' ? 'request' : null,
    );
    const entry = await leave(journal, ALICE, '0x01');
    const rival = { chainId: FAKE_CHAIN_ID, nonce: 0, to: null, valueWei: 0n, gas: 1 };
    const fees = { maxFeePerGasWei: 1n, maxPriorityFeePerGasWei: 1n };
    eth.submit((await ALICE.sign({ ...rival, ...fees, data: '0x99' })).raw);
    const { store, log } = setUp();
    store.add(entry);
    const next = createJournal(
      { store, eip1193: eth, clock: createInstantClock(), log },
      FAKE_CHAIN_ID,
    );
    await next.settle();
    expect(next.find(entry.hash)).toMatchObject({ state: 'replaced', reason: 'nonce too low' });
    expect(open().pending()).toHaveLength(1);
  });

  it('fills a gap before it goes on', async () => {
    const { eth, store, journal } = setUp();
    const first = await journal.send('test', ALICE, call('0x01'));
    if (first.state !== 'mined') throw new Error('it was not mined');
    const stranded = { ...first.entry, ...(await signed(2)), nonce: 2, state: 'pending' as const };
    store.add({ ...stranded, inclusion: null });
    await journal.settle();
    expect(journal.pending()).toHaveLength(1);
    expect(await journal.send('test', ALICE, call('0x03'))).toMatchObject({ entry: { nonce: 1 } });
    await journal.settle();
    expect(eth.mined.map(({ nonce }) => nonce)).toEqual([0, 1, 2]);
    // The one that waits for the gap was signed before the one that fills it.
    eth.reorg(3, false);
    await journal.settle();
    expect(eth.mined.map(({ nonce }) => nonce)).toEqual([0, 1, 2]);

    function signed(nonce: number) {
      const rest = {
        chainId: FAKE_CHAIN_ID,
        to: null,
        data: '0x02' as const,
        valueWei: 0n,
        gas: 1,
      };
      return ALICE.sign({ ...rest, nonce, maxFeePerGasWei: 1n, maxPriorityFeePerGasWei: 1n });
    }
  });

  it('says so when the chain does not answer, and is none the worse', async () => {
    let isAway = false;
    const { journal } = setUp(() => (isAway ? 'request' : null));
    await journal.send('test', ALICE, call('0x01'));
    isAway = true;
    await expect(journal.settle()).rejects.toThrow(OUTAGE);
    isAway = false;
    await journal.settle();
    expect(journal.list(1)).toMatchObject([{ state: 'mined' }]);
  });
});
