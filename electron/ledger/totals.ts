/** What the ledger adds up to, kept current entry by entry; a full recomputation gives the same. */
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import { roleOf } from './entry-role.ts';
import { addToSums, NOTHING, type PeriodSums } from './period-sums.ts';
import type { Role } from './ports.ts';
import {
  foldSession,
  unopenedSession,
  type SessionFold,
  type SessionTotals,
} from './session-totals.ts';

const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = 24;

/** An hour or a day with something in it. */
export interface Period {
  /** Hours or days since 1970-01-01 00:00 by the owner's clocks. */
  readonly number: number;
  readonly sums: PeriodSums;
}

/** All in token units. */
export interface Earnings {
  /** Everything charged as Supplier. */
  readonly earned: bigint;
  readonly redeemed: bigint;
  /** Charged, not paid yet, and the chain still takes it. */
  readonly waiting: bigint;
  /** Charged and never paid, because the window of its epoch has closed. */
  readonly lost: bigint;
}

export interface Totals {
  /** @throws AppError `ledger-unusable` when the entry names a session that was never opened */
  apply(entry: LedgerEntry): void;
  /** Null when this role never had such a session. */
  session(role: Role, session: Hex): SessionTotals | null;
  /** Sessions of this epoch and later ones, in the order in which they were opened. */
  sessions(role: Role, sinceEpoch: number): readonly SessionTotals[];
  /** @param firstOpenEpoch the oldest epoch that can still be redeemed */
  earnings(firstOpenEpoch: number): Earnings;
  /** Since the first entry. */
  ever(): PeriodSums;
  /** Oldest first, without the hours in which nothing was. */
  hours(): readonly Period[];
  days(): readonly Period[];
}

/** @param localOffsetMs how far the owner's clocks are ahead of UTC at a moment */
export function createTotals(localOffsetMs: (atMs: number) => number): Totals {
  const folds = { supplier: new Map<Hex, SessionFold>(), application: new Map<Hex, SessionFold>() };
  const hours = new Map<number, PeriodSums>();
  const days = new Map<number, PeriodSums>();
  let ever = NOTHING;

  function addToPeriods(entry: LedgerEntry, newlyPaid: bigint): void {
    const next = addToSums(ever, entry, newlyPaid);
    if (next === ever) return;
    ever = next;
    const hour = Math.floor((entry.atMs + localOffsetMs(entry.atMs)) / HOUR_MS);
    const day = Math.floor(hour / HOURS_PER_DAY);
    hours.set(hour, addToSums(hours.get(hour) ?? NOTHING, entry, newlyPaid));
    days.set(day, addToSums(days.get(day) ?? NOTHING, entry, newlyPaid));
  }

  return {
    apply(entry) {
      const ofRole = folds[roleOf(entry)];
      if (entry.kind === 'session-opened') {
        if (!ofRole.has(entry.session)) ofRole.set(entry.session, foldSession(entry));
        return;
      }
      const fold = ofRole.get(entry.session);
      if (!fold) throw unopenedSession(entry);
      const paidBefore = fold.paidOnChain();
      fold.apply(entry);
      addToPeriods(entry, fold.paidOnChain() - paidBefore);
    },
    session: (role, session) => folds[role].get(session)?.read() ?? null,
    sessions: (role, sinceEpoch) =>
      [...folds[role].values()]
        .filter(({ epoch }) => epoch >= sinceEpoch)
        .map((fold) => fold.read()),
    earnings(firstOpenEpoch) {
      let waiting = 0n;
      let lost = 0n;
      for (const fold of folds.supplier.values()) {
        const unpaid = fold.charged() - fold.paidOnChain();
        if (unpaid <= 0n) continue;
        if (fold.epoch >= firstOpenEpoch) waiting += unpaid;
        else lost += unpaid;
      }
      return { earned: ever.supplier.charged, redeemed: ever.redeemed, waiting, lost };
    },
    ever: () => ever,
    hours: () => inOrder(hours),
    days: () => inOrder(days),
  };
}

function inOrder(periods: ReadonlyMap<number, PeriodSums>): readonly Period[] {
  return [...periods]
    .map(([number, sums]) => ({ number, sums }))
    .sort((one, other) => one.number - other.number);
}
