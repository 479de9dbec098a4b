/** The practice chain in its own process: killed, damaged, replayed, and never left behind. */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createChainClient } from '../../../electron/chain/chain-client.ts';
import { isUnavailable, type Eip1193 } from '../../../electron/chain/eip1193.ts';
import { createJournal, type Journal } from '../../../electron/chain/journal.ts';
import { PRACTICE_CHAIN_ID } from '../../../electron/chain/practice-genesis.ts';
import { openSqliteJournal } from '../../../electron/chain/sqlite-journal.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import {
  FAUCET,
  startRunningChain,
  testSigner,
  type RunningChain,
} from '../../fakes/running-chain.ts';

let running: RunningChain[] = [];
afterEach(async () => {
  for (const one of running.reverse()) await one.dispose();
  running = [];
});

function start(...args: Parameters<typeof startRunningChain>): RunningChain {
  const one = startRunningChain(...args);
  running.push(one);
  return one;
}

function recipient(number: number): Hex {
  return `0x${(0xabc000 + number).toString(16).padStart(40, '0')}`;
}

async function pay(journal: Journal, number: number) {
  const call = { to: recipient(number), data: '0x', valueWei: BigInt(number) } as const;
  const outcome = await journal.send('pay', FAUCET, call, { key: `pay ${String(number)}` });
  expect(outcome.state).toBe('mined');
  return outcome;
}

async function blocksOf(chain: Eip1193): Promise<unknown[]> {
  const count = await createChainClient(chain).blockNumber();
  const numbers = Array.from({ length: count + 1 }, (_value, number) => `0x${number.toString(16)}`);
  return Promise.all(
    numbers.map((number) =>
      chain.request({ method: 'eth_getBlockByNumber', params: [number, true] }),
    ),
  );
}

describe('the practice chain', () => {
  it('comes back after a kill with the same blocks, to the last digit', async () => {
    const { chain, kill, journal } = start();
    const journalled = journal();
    for (let number = 1; number <= 5; number++) await pay(journalled, number);
    const before = await blocksOf(chain);
    await kill();
    expect(await chain.start()).toMatchObject({ replayed: 5, skipped: 0, cutBytes: 0 });
    expect(await blocksOf(chain)).toEqual(before);
    await pay(journalled, 6);
    expect((await blocksOf(chain)).slice(0, 6)).toEqual(before);
  });

  it('shows contracts the present time, though no block is mined', async () => {
    const { chain, kill, journal } = start();
    await pay(journal(), 1);
    await kill();
    // Returns the time: TIMESTAMP, then MSTORE and RETURN.
    const code = '0x425f5260205ff3';
    const time = await createChainClient(chain).call({ to: null, data: code });
    expect(Math.abs(Number(time) * 1000 - Date.now())).toBeLessThan(5_000);
  });

  it('forgets nothing of what it refused, and keeps nothing of it either', async () => {
    const { chain, kill, logFile, journal } = start();
    await pay(journal(), 1);
    const size = readFileSync(logFile).length;
    const [line = ''] = readFileSync(logFile, 'latin1').split('\n').slice(1);
    const raw = line.split(' ')[1];
    const send = { method: 'eth_sendRawTransaction', params: [raw] };
    await expect(chain.request(send)).rejects.toMatchObject({ fault: 'refused', rpcCode: -32_000 });
    for (const junk of ['0x1234', 'junk', 7]) {
      await expect(chain.request({ ...send, params: [junk] })).rejects.toMatchObject({
        fault: 'refused',
      });
    }
    expect(readFileSync(logFile)).toHaveLength(size);
    await kill();
    expect(await chain.start()).toMatchObject({ replayed: 1, skipped: 0 });
  });

  it('does not serve what would let it be tampered with', async () => {
    const { chain } = start();
    for (const method of ['evm_increaseTime', 'hardhat_setBalance', 'debug_traceTransaction']) {
      await expect(chain.request({ method, params: [] })).rejects.toMatchObject({
        rpcCode: -32_601,
      });
    }
  });

  it('cuts a half-written line', async () => {
    const { chain, kill, logFile, journal } = start();
    await pay(journal(), 1);
    await kill();
    appendFileSync(logFile, '1800000000 0x02f8');
    expect(await chain.start()).toMatchObject({ replayed: 1, cutBytes: 17, damagedKeptAs: null });
  });

  it('begins anew beside a damaged log, and the journal sends all of it again', async () => {
    const { chain, kill, logFile, log, journal } = start();
    const journalled = journal();
    for (let number = 1; number <= 3; number++) await pay(journalled, number);
    await kill();
    const damaged = readFileSync(logFile, 'latin1').replace(/ 0x02/, ' 0x03');
    writeFileSync(logFile, damaged, 'latin1');
    const news = await chain.start();
    expect(news.replayed).toBe(0);
    expect(news.damagedKeptAs).toContain('damaged');
    expect(readFileSync(news.damagedKeptAs ?? '', 'latin1')).toBe(damaged);
    expect(log.lines.join('\n')).toContain('damaged');
    await journalled.settle();
    expect(journalled.pending()).toEqual([]);
    const client = createChainClient(chain);
    for (let number = 1; number <= 3; number++) {
      expect(await client.balanceOf(recipient(number))).toBe(BigInt(number));
    }
  });

  it('belongs to one process at a time', async () => {
    const one = start();
    await one.chain.start();
    const other = start({ folder: one.folder });
    const started = other.chain.start();
    await one.kill();
    // It waited for the first one to be gone.
    expect(await started).toMatchObject({ replayed: 0 });
  });

  it('says so when its folder cannot be used', async () => {
    const { folder } = start();
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    const { chain } = start({ folder: file });
    await expect(chain.start()).rejects.toMatchObject({ code: 'chain-unreachable' });
  });
});

describe('a kill at any moment', () => {
  it('loses no transaction and doubles none', async () => {
    const COUNT = 20;
    const KILLS = 12;
    const { chain, folder, log, process: newest } = start();
    let untilKill = 25;
    let kills = 0;
    const killing: Eip1193 = {
      async request(call) {
        const answer = chain.request(call);
        answer.catch(() => undefined);
        if (--untilKill === 0 && kills < KILLS) {
          untilKill = 1 + Math.floor(Math.random() * 40);
          kills += 1;
          // From before the request is read to after its answer was sent.
          for (let turns = Math.random() * 6; turns > 0; turns--) {
            await new Promise((resolve) => setImmediate(resolve));
          }
          newest().kill('SIGKILL');
        }
        return answer;
      },
    };
    const store = openSqliteJournal(path.join(folder, 'killed.sqlite'));
    const ports = { store, eip1193: killing, clock: systemClock, log };
    const journal = createJournal(ports, PRACTICE_CHAIN_ID);
    const senders = [FAUCET, testSigner(1), testSigner(2)];
    await persist(async () => {
      for (const { address } of senders.slice(1)) {
        const call = { to: address, data: '0x', valueWei: 10n ** 18n } as const;
        await mustMine(journal.send('fund', FAUCET, call, { key: address }));
      }
    });
    await Promise.all(
      Array.from({ length: COUNT }, (_value, number) =>
        persist(async () => {
          const sender = senders[number % senders.length] ?? FAUCET;
          const call = { to: recipient(number), data: '0x', valueWei: 1n } as const;
          await mustMine(journal.send('pay', sender, call, { key: String(number) }));
        }),
      ),
    );
    await persist(() => journal.settle());
    expect(journal.pending()).toEqual([]);

    const client = createChainClient(chain);
    for (let number = 0; number < COUNT; number++) {
      expect(await client.balanceOf(recipient(number))).toBe(1n);
    }
    for (const { inclusion } of journal.list(100)) {
      expect(await client.blockHash(inclusion?.blockNumber ?? -1)).toBe(inclusion?.blockHash);
    }
    expect(await client.blockNumber()).toBe(COUNT + senders.length - 1);
    expect(kills).toBe(KILLS);
    journal.dispose();
    store.dispose();
  });
});

/** Again while the chain is away, as the app does. */
async function persist(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function mustMine(sent: ReturnType<Journal['send']>): Promise<void> {
  const outcome = await sent;
  expect(outcome.state).toBe('mined');
}

describe('a parent that dies', () => {
  it('leaves no chain behind', async () => {
    const { folder } = start();
    const parent = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'chain-parent.ts'), folder],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    const ready = Promise.withResolvers<undefined>();
    parent.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('\n')) ready.resolve(undefined);
    });
    await ready.promise;
    const closed = new Promise((resolve) => parent.once('close', resolve));
    expect(isAlive(Number(said))).toBe(true);
    parent.kill('SIGKILL');
    // The chain holds the parent's standard output too, so this comes when both are gone.
    await closed;
    // A process lets go of its files a moment before it is gone.
    await vi.waitFor(() => {
      expect(isAlive(Number(said))).toBe(false);
    });
  });
});

/** A process that ended and was not yet cleared away counts as dead. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    // No such file system here: the signal's answer stands.
    return process.platform !== 'linux';
  }
}
