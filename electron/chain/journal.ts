/** Every transaction is on disk before it is sent, and is sent again until the chain has it. */
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import { createChainClient } from './chain-client.ts';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { toOutcome, type JournalEntry, type TxOutcome } from './journal-entry.ts';
import { createKeyLocks } from './key-locks.ts';
import type { JournalStore, TransactionSigner, TxCall } from './ports.ts';
import { createSubmitter } from './submitter.ts';
import { createTransactionKeeper } from './transaction-keeper.ts';

/** Blocks that no reorganisation of a chain in use has gone below; nodes keep the state of twice as many. */
const FINAL_DEPTH = 64;
/** How long `send` waits for a block. */
const WAIT_MS = 60_000;
const POLL_MS = 1_000;

export interface JournalPorts {
  readonly store: JournalStore;
  readonly eip1193: Eip1193;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SendOptions {
  /**
   * Names what must happen once. While a transaction of this key is pending or mined, sending another one answers
   * with that one: so whoever cannot know whether it had already asked, after a crash, may ask again. One account's.
   */
  readonly key?: string;
}

export interface Journal {
  /**
   * Signs, journals, sends, and waits for the block, at most a minute; `pending` then, and `settle` goes on.
   * @param purpose for people and for sums, `redeem` for example
   * @throws ChainError when the chain does not answer before anything was signed; AppError when the disk is full
   */
  send(
    purpose: string,
    signer: TransactionSigner,
    call: TxCall,
    options?: SendOptions,
  ): Promise<TxOutcome>;
  /**
   * Makes the journal true: at the start, from time to time while something is pending, after a change of the chain.
   * @throws ChainError when the chain does not answer, or is another one
   */
  settle(): Promise<void>;
  /** What is signed and not in a block, oldest first. */
  pending(): readonly JournalEntry[];
  find(hash: Hex): JournalEntry | null;
  /** The newest, newest first. */
  list(limit: number): readonly JournalEntry[];
  /**
   * Told of every transaction that is found in a block, also again when it moved to another one, and also of those
   * that reverted. Whoever keeps books should look at `list` at the start as well: a crash may come before this does.
   */
  onMined(listener: (entry: JournalEntry) => void): () => void;
  /** Ends the waiting of `send`; the store is the caller's. */
  dispose(): void;
}

export function createJournal(ports: JournalPorts, chainId: number): Journal {
  const { store, clock, log } = ports;
  const client = createChainClient(ports.eip1193);
  const locks = createKeyLocks();
  const listeners = new Set<(entry: JournalEntry) => void>();
  const disposal = new AbortController();
  let settling: Promise<void> | null = null;

  const keeper = createTransactionKeeper({
    client,
    store,
    log,
    finalDepth: FINAL_DEPTH,
    mined(entry) {
      for (const listener of listeners) {
        try {
          listener(entry);
        } catch (error) {
          log.error('a listener of the journal failed', { error });
        }
      }
    },
  });

  const submitter = createSubmitter({ client, store, keeper, clock, log }, chainId);

  async function requireChain(): Promise<void> {
    const found = await client.chainId();
    if (found === chainId) return;
    throw new ChainError(
      'wrong-chain',
      `This is chain ${String(found)}, and not ${String(chainId)}.`,
    );
  }

  async function untilMined(outcome: TxOutcome): Promise<TxOutcome> {
    const deadlineMs = clock.monotonicMs() + WAIT_MS;
    let current = outcome;
    while (current.state === 'pending' && clock.monotonicMs() < deadlineMs) {
      await sleep(clock, POLL_MS, disposal.signal);
      if (disposal.signal.aborted) return current;
      const { entry } = current;
      current = await locks.run(entry.from, async () =>
        toOutcome(await submitter.unlessSilent(entry, () => refreshNow(entry.hash))),
      );
    }
    return current;
  }

  async function refreshNow(hash: Hex): Promise<JournalEntry> {
    const entry = store.find(hash);
    if (!entry) throw new Error(`${hash} has left the journal`);
    return keeper.refresh(entry, await client.blockNumber());
  }

  /** When not even final blocks are there any more, this chain began anew, and nothing recorded of it holds. */
  async function requireFinalBlock(): Promise<void> {
    const inclusion = store.newestFinal(chainId)?.inclusion;
    if (!inclusion) return;
    if ((await client.blockHash(inclusion.blockNumber)) === inclusion.blockHash) return;
    log.warn('the chain began anew; everything is sent again');
    store.reopen(chainId);
  }

  async function settleAll(): Promise<void> {
    await requireChain();
    await requireFinalBlock();
    // What one account sends may be what another one's transaction waits for, so it may take several rounds.
    let left = Infinity;
    let before: number;
    do {
      before = left;
      for (const { from, hash } of store.open(chainId)) {
        await locks.run(from, () => refreshNow(hash));
      }
      left = pending().length;
    } while (left > 0 && left < before);
  }

  function pending(): readonly JournalEntry[] {
    return store.open(chainId).filter(({ state }) => state === 'pending');
  }

  return {
    async send(purpose, signer, call, { key = null }: { readonly key?: string | null } = {}) {
      const outcome = await locks.run(signer.address, async () => {
        await requireChain();
        return submitter.submit({ purpose, key, signer, call });
      });
      return untilMined(outcome);
    },
    settle() {
      settling ??= settleAll().finally(() => {
        settling = null;
      });
      return settling;
    },
    pending,
    find: (hash) => store.find(hash),
    list: (limit) => store.list(chainId, limit),
    onMined(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      disposal.abort();
    },
  };
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stop();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const stop = clock.after(ms, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
