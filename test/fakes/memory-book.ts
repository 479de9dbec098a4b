/** Earnings in memory: entries, and the real totals of them. It outlives the redeemers that crash on it. */
import { createTotals, type Totals } from '../../electron/ledger/totals.ts';
import type { EarningsBook } from '../../electron/market/ports.ts';
import { AppError } from '../../electron/platform/app-error.ts';
import type { LedgerEntry } from '../../electron/protocol/ledger-entries.ts';

export interface MemoryBook extends EarningsBook {
  readonly entries: readonly LedgerEntry[];
  readonly totals: Totals;
  /** While it is set, nothing can be appended. */
  full: boolean;
}

export function createMemoryBook(): MemoryBook {
  const entries: LedgerEntry[] = [];
  const totals = createTotals(() => 0);
  const listeners = new Set<() => void>();
  return {
    entries,
    totals,
    full: false,
    sessions: (sinceEpoch) => totals.sessions('supplier', sinceEpoch),
    append(added) {
      if (this.full) throw new AppError('disk-full');
      entries.push(...added);
      for (const entry of added) totals.apply(entry);
      for (const listener of listeners) listener();
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
