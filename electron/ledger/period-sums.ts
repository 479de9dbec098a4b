/** Sums of a span of time: an hour or a day by the owner's calendar, or all time. */
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import type { Receipt } from '../protocol/receipt.ts';

/** Of the relays that ended in the span with a receipt that counts. */
export interface RoleSums {
  readonly relays: number;
  /** Token units: earned as Supplier, spent as Application. */
  readonly charged: bigint;
  readonly cu: bigint;
  /** Tokens read, cached ones included. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

export interface PeriodSums {
  readonly supplier: RoleSums;
  readonly application: RoleSums;
  /** Token units that the chain was seen to pay in the span. */
  readonly redeemed: bigint;
}

const NO_RELAYS: RoleSums = {
  relays: 0,
  charged: 0n,
  cu: 0n,
  promptTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
};

export const NOTHING: PeriodSums = {
  supplier: NO_RELAYS,
  application: NO_RELAYS,
  redeemed: 0n,
};

/**
 * @param newlyPaid token units by which a `redeemed` entry raised what its session was paid
 * @returns the same object when the entry moves none of these sums
 */
export function addToSums(sums: PeriodSums, entry: LedgerEntry, newlyPaid: bigint): PeriodSums {
  if (entry.kind === 'relay-served') {
    return { ...sums, supplier: addReceipt(sums.supplier, entry.signed.receipt) };
  }
  if (entry.kind === 'relay-paid') {
    return { ...sums, application: addReceipt(sums.application, entry.signed.receipt) };
  }
  if (newlyPaid === 0n) return sums;
  return { ...sums, redeemed: sums.redeemed + newlyPaid };
}

function addReceipt(sums: RoleSums, receipt: Receipt): RoleSums {
  return {
    relays: sums.relays + 1,
    charged: sums.charged + receipt.charged,
    cu: sums.cu + receipt.cu,
    promptTokens: sums.promptTokens + receipt.promptTokens,
    cachedTokens: sums.cachedTokens + receipt.cachedTokens,
    outputTokens: sums.outputTokens + receipt.outputTokens,
  };
}
