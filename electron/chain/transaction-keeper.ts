/** Brings one journalled transaction and the chain together: finds it, sends it again, or knows that it never comes. */
import type { Log } from '../platform/log.ts';
import type { ChainClient, ChainReceipt } from './chain-client.ts';
import { ChainError } from './eip1193.ts';
import type { EntryChange, JournalEntry } from './journal-entry.ts';
import type { JournalStore } from './ports.ts';

export interface KeeperPorts {
  readonly client: ChainClient;
  readonly store: JournalStore;
  readonly log: Log;
  /** Blocks on top of a block after which nothing in it is expected to change. */
  readonly finalDepth: number;
  /** Told when an entry was found in a block, or in another one than before. */
  readonly mined: (entry: JournalEntry) => void;
}

/** Whether a refusal by the node is the end of a transaction: only of a new one, which nobody else has seen. */
type Rejection = 'never' | 'when-refused-twice' | 'now';

export interface TransactionKeeper {
  /**
   * Asks the chain about it, and sends it (again) when the chain does not have it.
   * @param head number of the latest block, as it was a moment ago
   * @throws ChainError when the chain does not answer; the entry is as true as before then
   */
  refresh(entry: JournalEntry, head: number): Promise<JournalEntry>;
  /** Sends it for the first time; one that the node will not have is `rejected`. @throws ChainError as `refresh` */
  broadcast(entry: JournalEntry): Promise<JournalEntry>;
}

export function createTransactionKeeper(ports: KeeperPorts): TransactionKeeper {
  const { client, store, log, finalDepth, mined } = ports;

  function change(entry: JournalEntry, what: Partial<EntryChange>): JournalEntry {
    const { state, isFinal, inclusion, reason } = { ...entry, ...what };
    const changed = { ...entry, state, isFinal, inclusion, reason };
    store.change(entry.hash, { state, isFinal, inclusion, reason });
    return changed;
  }

  function record(entry: JournalEntry, receipt: ChainReceipt): JournalEntry {
    const { blockNumber, blockHash, gasUsed, effectiveGasPrice } = receipt;
    const recorded = change(entry, {
      state: receipt.status === 1n ? 'mined' : 'reverted',
      inclusion: { blockNumber, blockHash, gasUsed, feeWei: BigInt(gasUsed) * effectiveGasPrice },
      reason: null,
    });
    mined(recorded);
    return recorded;
  }

  async function refreshMined(entry: JournalEntry, head: number): Promise<JournalEntry> {
    const { inclusion } = entry;
    const isThere =
      inclusion !== null && (await client.blockHash(inclusion.blockNumber)) === inclusion.blockHash;
    if (!isThere) {
      log.warn('a block that held one of our transactions is gone', { purpose: entry.purpose });
      return refreshPending(change(entry, { state: 'pending', isFinal: false, inclusion: null }));
    }
    return head - inclusion.blockNumber >= finalDepth ? change(entry, { isFinal: true }) : entry;
  }

  async function refreshPending(entry: JournalEntry): Promise<JournalEntry> {
    const receipt = await client.receipt(entry.hash);
    if (receipt) return record(entry, receipt);
    if (await client.knows(entry.hash)) return entry;
    return send(entry, 'never');
  }

  /** What was given up stays so, unless the chain has it after all; it is never sent again. */
  async function refreshGivenUp(entry: JournalEntry, head: number): Promise<JournalEntry> {
    const receipt = await client.receipt(entry.hash);
    if (receipt) return record(entry, receipt);
    if (head < finalDepth) return entry;
    const isPast = (await client.nonceOf(entry.from, head - finalDepth)) > entry.nonce;
    return isPast ? change(entry, { isFinal: true }) : entry;
  }

  async function send(entry: JournalEntry, mayReject: Rejection): Promise<JournalEntry> {
    try {
      await client.sendRaw(entry.raw);
    } catch (error) {
      if (!(error instanceof ChainError) || error.fault !== 'refused') throw error;
      return judge(entry, error.details ?? error.message, mayReject);
    }
    const receipt = await client.receipt(entry.hash);
    return receipt ? record(entry, receipt) : entry;
  }

  /**
   * The node refused it. Its words differ from node to node, so the chain's state decides: the nonce is asked for
   * before the receipt, or a block in between would make a mined transaction look replaced.
   */
  async function judge(
    entry: JournalEntry,
    reason: string,
    mayReject: Rejection,
  ): Promise<JournalEntry> {
    const nonce = await client.nonceOf(entry.from);
    const receipt = await client.receipt(entry.hash);
    if (receipt) return record(entry, receipt);
    if (await client.knows(entry.hash)) return entry;
    if (nonce > entry.nonce) return change(entry, { state: 'replaced', reason });
    const isNext = nonce === entry.nonce;
    // The node may have refused it for what was missing before it, and what has come since.
    if (isNext && mayReject === 'when-refused-twice') return send(entry, 'now');
    return change(entry, { state: isNext && mayReject === 'now' ? 'rejected' : 'pending', reason });
  }

  return {
    refresh(entry, head) {
      switch (entry.state) {
        case 'mined':
        case 'reverted':
          return refreshMined(entry, head);
        case 'pending':
          return refreshPending(entry);
        case 'replaced':
        case 'rejected':
          return refreshGivenUp(entry, head);
      }
    },
    broadcast: (entry) => send(entry, 'when-refused-twice'),
  };
}
