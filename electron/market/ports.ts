/** What the market needs: sums from the ledger, a place to write, and the chain. */
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import type { Session } from '../protocol/session.ts';

/** The latest promise of an Application on a session. */
export interface HeldVoucher {
  /** Token units. */
  readonly cumulative: bigint;
  readonly ref: Hex;
  /** ERC-2098, 64 bytes. */
  readonly signature: Hex;
}

/** A session as Supplier; amounts in token units. */
export interface EarningSession {
  readonly session: Hex;
  readonly terms: Session;
  /** By all receipts of the session. */
  readonly charged: bigint;
  /** What the ledger knows to be paid. */
  readonly paidOnChain: bigint;
  readonly receipts: number;
  /** Of these, the ones that the chain has not paid. */
  readonly unpaidReceipts: number;
  readonly bestVoucher: HeldVoucher | null;
}

export interface EarningsBook {
  /** Sessions as Supplier, of this epoch and later ones; every appended entry is in them at once. */
  sessions(sinceEpoch: number): readonly EarningSession[];
  /** Survives a power cut when it returns. @throws AppError */
  append(entries: readonly LedgerEntry[]): void;
  /** @returns a function that ends it */
  onAppend(listener: () => void): () => void;
}

/** One voucher, as the contract takes it. */
export interface RedeemRow {
  readonly application: Hex;
  readonly price: bigint;
  readonly draw: number;
  /** Of the voucher. */
  readonly cumulative: bigint;
  /** Asked for in all on this draw and epoch, what was paid before included; at most `cumulative`. */
  readonly amount: bigint;
  readonly ref: Hex;
  readonly signature: Hex;
}

/** One transaction. */
export interface RedeemBatch {
  readonly supplier: Hex;
  readonly service: Hex;
  readonly epoch: number;
  readonly rows: readonly RedeemRow[];
}

/** What the chain paid in all on one draw of an Application, of the batch's service and epoch. */
export interface PaidRow {
  readonly application: Hex;
  readonly draw: number;
  readonly totalPaid: bigint;
}

export interface RedeemOutcome {
  readonly transaction: Hex;
  /** Rows that paid something; a row that is missing paid nothing. */
  readonly paid: readonly PaidRow[];
}

/** What the chain says about a session's draw in its epoch. */
export interface DrawStanding {
  /** Token units paid so far. */
  readonly paid: bigint;
  /** Token units that the draw can pay in all, those paid included. */
  readonly allowance: bigint;
}

export interface RedeemPort {
  /**
   * Resolves once the transaction is mined. Behind it a journal sends what a crash left behind, and asking again
   * for an amount that was paid costs nothing.
   * @throws AppError `transaction-failed` when the contract refuses the batch, `chain-unreachable` when nobody knows
   */
  redeem(batch: RedeemBatch): Promise<RedeemOutcome>;
  /** @throws AppError `chain-unreachable` */
  standingOf(terms: Session): Promise<DrawStanding>;
}
