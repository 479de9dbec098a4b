/** What the entries of one session add up to. */
import { AppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry, SessionOpened } from '../protocol/ledger-entries.ts';
import type { SignedReceipt } from '../protocol/receipt.ts';
import type { Session } from '../protocol/session.ts';
import type { Role } from './ports.ts';

export interface BestVoucher {
  /** Token units. */
  readonly cumulative: bigint;
  readonly ref: Hex;
  readonly signature: Hex;
}

export interface SessionTotals {
  readonly role: Role;
  readonly session: Hex;
  readonly terms: Session;
  readonly opened: SessionOpened;
  /** CU of every receipt that counts: all of them as Supplier, the accepted ones as Application. */
  readonly settledCu: bigint;
  /** Token units, of the same receipts. */
  readonly charged: bigint;
  /** Token units that the chain has paid; always 0 as Application, who is not told. */
  readonly paidOnChain: bigint;
  /** The highest voucher held or given; null before the first one. */
  readonly bestVoucher: BestVoucher | null;
  /** Of the latest receipt; 0 before the first one. */
  readonly lastSequence: number;
  readonly receipts: number;
  /** Receipts that the chain has not paid yet. */
  readonly unpaidReceipts: number;
  /** Requests taken or sent whose end is not in the ledger. */
  readonly openRelays: number;
  /** Whether the Supplier sent a receipt that is wrong. */
  readonly isDisputed: boolean;
}

export interface SessionFold {
  readonly epoch: number;
  /** As in `read`, without building all of it. */
  charged(): bigint;
  paidOnChain(): bigint;
  apply(entry: LedgerEntry): void;
  read(): SessionTotals;
}

/** @param opened the entry that began the session */
export function foldSession(opened: SessionOpened): SessionFold {
  let settledCu = 0n;
  let charged = 0n;
  let paidOnChain = 0n;
  let bestVoucher: BestVoucher | null = null;
  let lastSequence = 0;
  let receipts = 0;
  let isDisputed = false;
  /** What the session had charged in all after each receipt that is not paid. */
  let unpaid: bigint[] = [];
  const open = new Set<Hex>();

  function begin(entry: BestVoucher): void {
    const { cumulative, ref, signature } = entry;
    open.add(ref);
    if (bestVoucher === null || cumulative > bestVoucher.cumulative) {
      bestVoucher = { cumulative, ref, signature };
    }
  }

  function settle(ref: Hex, { receipt }: SignedReceipt): void {
    open.delete(ref);
    settledCu += receipt.cu;
    charged += receipt.charged;
    receipts += 1;
    lastSequence = Math.max(lastSequence, receipt.sequence);
    if (receipt.totalCharged > paidOnChain) unpaid.push(receipt.totalCharged);
  }

  function redeem(totalPaid: bigint): void {
    if (totalPaid <= paidOnChain) return;
    paidOnChain = totalPaid;
    unpaid = unpaid.filter((total) => total > totalPaid);
  }

  return {
    epoch: opened.terms.epoch,
    charged: () => charged,
    paidOnChain: () => paidOnChain,
    apply(entry) {
      switch (entry.kind) {
        case 'session-opened':
          break;
        case 'relay-accepted':
        case 'relay-sent':
          begin(entry);
          break;
        case 'relay-served':
        case 'relay-paid':
          settle(entry.ref, entry.signed);
          break;
        case 'relay-disputed':
          isDisputed = true;
          open.delete(entry.ref);
          break;
        case 'relay-voided':
        case 'relay-released':
          open.delete(entry.ref);
          break;
        case 'redeemed':
          redeem(entry.totalPaid);
          break;
      }
    },
    read: () => ({
      role: opened.role,
      session: opened.session,
      terms: opened.terms,
      opened,
      settledCu,
      charged,
      paidOnChain,
      bestVoucher,
      lastSequence,
      receipts,
      unpaidReceipts: unpaid.length,
      openRelays: open.size,
      isDisputed,
    }),
  };
}

/** The ledger breaks its own rule: the terms of a session come before anything that names it. */
export function unopenedSession(entry: LedgerEntry): AppError {
  return new AppError('ledger-unusable', {
    details: `A "${entry.kind}" entry names the session ${entry.session}, which was never opened.`,
  });
}
