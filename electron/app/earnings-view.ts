/** What the window shows of the ledger: sums, the bars of a day and of a month, and the latest relays. */
import type { EarningBar, Earnings, RelayLine } from '../ipc/network.ts';
import type { Ledger, LedgerLine, ReceiptEntry } from '../ledger/ports.ts';
import type { Period, Totals } from '../ledger/totals.ts';
import { firstOpenEpoch, type EpochRules } from '../market/epochs.ts';
import { finishOf } from '../protocol/finish.ts';
import { lastDays, lastHours, type CalendarPeriod } from './earnings-periods.ts';

const HOURS = 24;
const DAYS = 30;
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
    hours: bars(lastHours(nowMs, HOURS), totals.hours()),
    days: bars(lastDays(nowMs, DAYS), totals.days()),
    today: today(totals, nowMs),
    recent: recentLines(ledger, totals),
  };
}

/** One for each period, also for those in which nothing was; the last one is not over. */
function bars(periods: readonly CalendarPeriod[], sums: readonly Period[]): EarningBar[] {
  const known = new Map(sums.map((period) => [period.number, period.sums.supplier]));
  return periods.map(({ number, startMs }) => ({
    startMs,
    earned: known.get(number)?.charged ?? 0n,
    relays: known.get(number)?.relays ?? 0,
  }));
}

function today(totals: Totals, nowMs: number): Earnings['today'] {
  const number = lastDays(nowMs, 1)[0]?.number;
  const sums = totals.days().find((day) => day.number === number)?.sums;
  return {
    earned: sums?.supplier.charged ?? 0n,
    spent: sums?.application.charged ?? 0n,
    relays: sums?.supplier.relays ?? 0,
  };
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
