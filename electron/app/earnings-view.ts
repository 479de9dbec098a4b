/** What the window shows of the ledger: sums, the bars of a day, and the latest relays. */
import type { EarningBar, Earnings, RelayLine } from '../ipc/network.ts';
import type { Ledger, LedgerLine, ReceiptEntry } from '../ledger/ports.ts';
import type { Totals } from '../ledger/totals.ts';
import { firstOpenEpoch, type EpochRules } from '../market/epochs.ts';
import { finishOf } from '../protocol/receipt.ts';

const HOUR_MS = 3_600_000;
const BARS = 24;
const RECENT = 50;

export type EarningsFigures = Omit<Earnings, 'trial' | 'collect'>;

/** @param rules of the hub, which say what can still be redeemed */
export function earningsFigures(
  ledger: Ledger,
  totals: Totals,
  rules: EpochRules,
  nowMs: number,
): EarningsFigures {
  const { earned, redeemed } = totals.earnings(firstOpenEpoch(nowMs, rules));
  const ever = totals.ever();
  return {
    earned,
    redeemed,
    spent: ever.application.charged,
    relaysServed: ever.supplier.relays,
    relaysAsked: ever.application.relays,
    hours: hourBars(totals, nowMs),
    recent: recentLines(ledger, totals),
  };
}

/** One bar per hour, also for the hours in which nothing was; the last one is not over. */
function hourBars(totals: Totals, nowMs: number): EarningBar[] {
  const offsetMs = -new Date(nowMs).getTimezoneOffset() * 60_000;
  const current = Math.floor((nowMs + offsetMs) / HOUR_MS);
  const known = new Map(totals.hours().map(({ number, sums }) => [number, sums.supplier]));
  return Array.from({ length: BARS }, (_value, index) => {
    const hour = current - (BARS - 1) + index;
    const sums = known.get(hour);
    return {
      startMs: hour * HOUR_MS - offsetMs,
      earned: sums?.charged ?? 0n,
      relays: sums?.relays ?? 0,
    };
  });
}

function recentLines(ledger: Ledger, totals: Totals): RelayLine[] {
  const query = { beforeSequence: null, limit: RECENT } as const;
  const served = ledger.receipts({ ...query, role: 'supplier' });
  const asked = ledger.receipts({ ...query, role: 'application' });
  return [...served, ...asked]
    .sort((one, other) => other.sequence - one.sequence)
    .slice(0, RECENT)
    .map((line) => relayLine(line, totals));
}

/** @throws Error for a receipt whose session was never opened: the ledger refuses to hold one */
export function relayLine({ entry }: LedgerLine<ReceiptEntry>, totals: Totals): RelayLine {
  const role = entry.kind === 'relay-served' ? 'supplier' : 'application';
  const session = totals.session(role, entry.session);
  if (!session) throw new Error(`the session ${entry.session} has no terms`);
  const { receipt } = entry.signed;
  const decodeMs = receipt.totalMs - receipt.queuedMs - receipt.firstTokenMs;
  return {
    ref: entry.ref,
    role,
    atMs: entry.atMs,
    modelName: session.opened.model.name,
    promptTokens: receipt.promptTokens,
    outputTokens: receipt.outputTokens,
    tokensPerSecond:
      receipt.outputTokens > 1 && decodeMs > 0
        ? ((receipt.outputTokens - 1) * 1000) / decodeMs
        : null,
    charged: receipt.charged,
    finish: finishOf(receipt.finish) ?? 'failed',
    isRedeemed: role === 'supplier' && receipt.totalCharged <= session.paidOnChain,
  };
}
