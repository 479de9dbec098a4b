/** What the journal needs from outside: a store, and somebody who signs. */
import type { Hex } from '../protocol/hex.ts';
import type { EntryChange, JournalEntry } from './journal-entry.ts';

export interface JournalStore {
  /**
   * On disk for good once this returns. Signing what was rejected once more gives the same bytes: that entry then
   * stands for the new attempt. @throws AppError `disk-full` …
   */
  add(entry: JournalEntry): void;
  change(hash: Hex, change: EntryChange): void;
  find(hash: Hex): JournalEntry | null;
  /** Oldest first, whatever became of them. */
  withKey(chainId: number, key: string): readonly JournalEntry[];
  /** Those with this nonce or a later one, whatever became of them, by nonce. */
  ofAccount(chainId: number, from: Hex, minNonce: number): readonly JournalEntry[];
  /** Those that are not final, in the order in which they were signed. */
  open(chainId: number): readonly JournalEntry[];
  /** The final one in the highest block. */
  newestFinal(chainId: number): JournalEntry | null;
  /** Takes the finality of all mined and reverted ones back: this is not the chain that had them. */
  reopen(chainId: number): void;
  /** The newest, newest first. */
  list(chainId: number, limit: number): readonly JournalEntry[];
  dispose(): void;
}

export interface UnsignedTransaction {
  readonly chainId: number;
  readonly nonce: number;
  /** Null creates a contract. */
  readonly to: Hex | null;
  readonly data: Hex;
  readonly valueWei: bigint;
  readonly gas: number;
  readonly maxFeePerGasWei: bigint;
  readonly maxPriorityFeePerGasWei: bigint;
}

export interface SignedTransaction {
  readonly raw: Hex;
  readonly hash: Hex;
}

/** An account that sends transactions. Lower-case address. */
export interface TransactionSigner {
  readonly address: Hex;
  sign(transaction: UnsignedTransaction): Promise<SignedTransaction>;
}

/** What a transaction does, without who sends it and when. */
export interface TxCall {
  /** Null creates a contract. */
  readonly to: Hex | null;
  readonly data: Hex;
  readonly valueWei?: bigint;
  /** Estimated when it is not given. */
  readonly gas?: number;
}
