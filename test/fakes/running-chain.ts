/** A real practice chain in a real process, with its folder. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createChain, type Chain } from '../../electron/chain/chain.ts';
import { createJournal, type Journal } from '../../electron/chain/journal.ts';
import { faucetKey, PRACTICE_CHAIN_ID } from '../../electron/chain/practice-genesis.ts';
import type { TransactionSigner } from '../../electron/chain/ports.ts';
import { keySigner } from '../../electron/chain/sign-transaction-adapter.ts';
import { openSqliteJournal } from '../../electron/chain/sqlite-journal.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { createForkedChildren } from './fork-child.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';

export interface RunningChain {
  readonly chain: Chain;
  readonly folder: string;
  /** The transaction log of the chain. */
  readonly logFile: string;
  readonly log: MemoryLog;
  /** The newest chain process. */
  process(): ChildProcess;
  /** Kills it, as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Opens a journal in the folder. */
  journal(name?: string): Journal;
  dispose(): Promise<void>;
}

export interface RunningChainOptions {
  /** Another chain's, to have it again; a new one otherwise. */
  readonly folder?: string;
  readonly rpcPort?: number | null;
  /** Asks a chain at this URL instead. */
  readonly remoteUrl?: string;
}

export function startRunningChain(options: RunningChainOptions = {}): RunningChain {
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'lull-chain-'));
  const forks = createForkedChildren('chain');
  const log = createMemoryLog();
  const disposals: (() => void)[] = [];
  const source =
    options.remoteUrl === undefined
      ? ({ mode: 'practice', folder } as const)
      : ({ mode: 'remote', url: options.remoteUrl } as const);
  const chain = createChain(
    { spawn: forks.spawn, clock: systemClock, log },
    { source, rpcPort: options.rpcPort ?? null },
  );
  const newest = (): ChildProcess => {
    const child = forks.processes.at(-1);
    if (!child) throw new Error('no chain process was started');
    return child;
  };
  return {
    chain,
    folder,
    logFile: path.join(folder, 'practice-chain.log'),
    log,
    process: newest,
    async kill() {
      const child = newest();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    journal(name = 'journal') {
      const store = openSqliteJournal(path.join(folder, `${name}.sqlite`));
      const journal = createJournal(
        { store, eip1193: chain, clock: systemClock, log },
        PRACTICE_CHAIN_ID,
      );
      disposals.push(() => {
        journal.dispose();
        store.dispose();
      });
      return journal;
    },
    async dispose() {
      for (const dispose of disposals) dispose();
      await chain.dispose();
      await forks.dispose();
      if (options.folder === undefined) rmSync(folder, { recursive: true });
    },
  };
}

export const FAUCET: TransactionSigner = keySigner(faucetKey());

/** @param seed from 1; the same one has the same key */
export function testSigner(seed: number): TransactionSigner {
  return keySigner(testKey(seed));
}

export function testKey(seed: number): Uint8Array {
  return new Uint8Array(32).fill(seed);
}
