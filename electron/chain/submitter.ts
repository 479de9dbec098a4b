/** Signs what is to be sent, with the right nonce, and journals it before the chain hears of it. */
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import type { ChainClient } from './chain-client.ts';
import { ChainError } from './eip1193.ts';
import { toOutcome, type JournalEntry, type TxOutcome, type TxState } from './journal-entry.ts';
import type { JournalStore, TransactionSigner, TxCall } from './ports.ts';
import type { TransactionKeeper } from './transaction-keeper.ts';

/** In per cent of the estimate: what others do in between may make a call dearer. */
const GAS_MARGIN_PERCENT = 130;

export interface SubmitterPorts {
  readonly client: ChainClient;
  readonly store: JournalStore;
  readonly keeper: TransactionKeeper;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Submission {
  readonly purpose: string;
  readonly key: string | null;
  readonly signer: TransactionSigner;
  readonly call: TxCall;
}

/** All of it is for one account at a time. */
export interface Submitter {
  /** Up to the moment when the node has it, or does not answer. @throws ChainError before anything was signed */
  submit(submission: Submission): Promise<TxOutcome>;
  /** Work on what is journalled: there silence is no failure. */
  unlessSilent(entry: JournalEntry, work: () => Promise<JournalEntry>): Promise<JournalEntry>;
}

export function createSubmitter(ports: SubmitterPorts, chainId: number): Submitter {
  const { client, store, keeper, clock, log } = ports;

  /** @returns what was found under this key and need not be sent again */
  async function earlier(key: string): Promise<JournalEntry | null> {
    const head = await client.blockNumber();
    for (const entry of store.withKey(chainId, key)) {
      const { state } = await keeper.refresh(entry, head);
      if (state === 'mined' || state === 'pending') return store.find(entry.hash);
    }
    return null;
  }

  /** Sends again what the chain lost of this account, or nothing new could follow it. */
  async function freeNonce(from: Hex): Promise<number> {
    const head = await client.blockNumber();
    const used = await client.nonceOf(from);
    for (const entry of store.ofAccount(chainId, from, used)) {
      if (isLive(entry.state)) await keeper.refresh(entry, head);
    }
    const first = await client.nonceOf(from);
    const live = store.ofAccount(chainId, from, first).filter(({ state }) => isLive(state));
    const taken = new Set(live.map(({ nonce }) => nonce));
    // The first gap, and not the end: what is behind a gap waits until it is filled.
    let nonce = first;
    while (taken.has(nonce)) nonce += 1;
    return nonce;
  }

  async function sign({ purpose, key, signer, call }: Submission): Promise<JournalEntry> {
    const { to, data, valueWei = 0n } = call;
    const from = signer.address;
    // First, because what the chain lost of this account may be what the call builds on.
    const nonce = await freeNonce(from);
    const gas = call.gas ?? withMargin(await client.estimateGas({ from, to, data, valueWei }));
    const fees = await client.fees();
    const signed = await signer.sign({ chainId, nonce, to, data, valueWei, gas, ...fees });
    const entry: JournalEntry = {
      ...signed,
      chainId,
      from,
      nonce,
      purpose,
      key,
      createdAtMs: clock.nowMs(),
      state: 'pending',
      isFinal: false,
      inclusion: null,
      reason: null,
    };
    store.add(entry);
    return entry;
  }

  async function unlessSilent(
    entry: JournalEntry,
    work: () => Promise<JournalEntry>,
  ): Promise<JournalEntry> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      const { purpose } = entry;
      log.warn('the chain did not answer; the transaction is journalled', { purpose, error });
      return store.find(entry.hash) ?? entry;
    }
  }

  return {
    async submit(submission) {
      const found = submission.key === null ? null : await earlier(submission.key);
      if (found) return toOutcome(found);
      let entry: JournalEntry;
      try {
        entry = await sign(submission);
      } catch (error) {
        if (!(error instanceof ChainError) || error.fault !== 'refused') throw error;
        return { state: 'would-revert', reason: error.details ?? error.message, data: error.data };
      }
      return toOutcome(await unlessSilent(entry, () => keeper.broadcast(entry)));
    },
    unlessSilent,
  };
}

function isLive(state: TxState): boolean {
  return state === 'pending' || state === 'mined' || state === 'reverted';
}

function withMargin(gas: number): number {
  return Math.ceil((gas * GAS_MARGIN_PERCENT) / 100);
}
