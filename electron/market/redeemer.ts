/** Turns what a Supplier has earned into money on the chain: on demand, every so many relays, and before it is late. */
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import { collectOnce, type CollectReport } from './collect.ts';
import { firstOpenEpoch, type EpochRules } from './epochs.ts';
import type { EarningSession, EarningsBook, RedeemPort } from './ports.ts';
import { closingMarginMs, nextCollectAtMs, type Attempt } from './redeem-policy.ts';

/** Unpaid receipts that are collected by themselves. */
export const COLLECT_EVERY = 20;
/** Epochs, counted back from the oldest open one, about which the chain is asked at the start. */
const LOOK_BACK_EPOCHS = 60;
const FIRST_RETRY_MS = 60_000;
/** Also the longest sleep: timers stand still while a computer sleeps. */
const MAX_WAIT_MS = 600_000;

/** What an epoch still owed when its window closed. */
export interface LostEpoch {
  readonly service: Hex;
  readonly epoch: number;
  /** Token units. */
  readonly amount: bigint;
}

const NOTHING_DONE: CollectReport = {
  collected: 0n,
  transactions: [],
  uncovered: 0n,
  failures: [],
};

export interface RedeemerPorts {
  readonly book: EarningsBook;
  readonly chain: RedeemPort;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every collection, also of those that nobody asked for. */
  readonly onReport: (report: CollectReport) => void;
}

export interface RedeemerOptions {
  readonly rules: EpochRules;
  readonly collectEvery?: number;
}

export interface Redeemer {
  /** Writes down what the chain paid while nobody looked, then collects by itself; resolves too when the chain is away. */
  start(): Promise<void>;
  /**
   * Collects all there is. One runs at a time: a call during a collection gets the one after it. What did not work
   * is in the report.
   */
  collect(): Promise<CollectReport>;
  lost(): readonly LostEpoch[];
  /** A transaction that is under way then is written down at the next start. */
  dispose(): void;
}

export function createRedeemer(ports: RedeemerPorts, options: RedeemerOptions): Redeemer {
  const { book, clock, log, onReport } = ports;
  const rules = { ...options.rules, collectEvery: options.collectEvery ?? COLLECT_EVERY };
  const firstRetryMs = Math.min(FIRST_RETRY_MS, closingMarginMs(rules) / 4);
  const attempts = new Map<Hex, Attempt>();
  const ending = new AbortController();
  let isReconciled = false;
  let runs = 0;
  let lastRun: Promise<unknown> = Promise.resolve();
  /** A collection that was asked for and has not begun. */
  let queued: Promise<CollectReport> | null = null;
  let retries = 0;
  /** By the clock that never jumps: an hour set back must not become an hour of waiting. */
  let retryAtMs = 0;
  let stopTimer: (() => void) | null = null;
  let stopListening: (() => void) | null = null;
  let lostUpTo = -1;

  const firstOpen = (): number => firstOpenEpoch(clock.nowMs(), rules);

  async function run(sendSinceEpoch: number): Promise<CollectReport> {
    if (ending.signal.aborted) return NOTHING_DONE;
    const open = firstOpen();
    const oldest = isReconciled ? open : Math.max(0, open - LOOK_BACK_EPOCHS);
    const report = await collectOnce(ports, book.sessions(oldest), {
      sendSinceEpoch,
      signal: ending.signal,
      onHandled: ({ session, charged, receipts }) => {
        attempts.set(session, { atMs: clock.nowMs(), charged, receipts });
      },
    });
    const hasFailed = report.failures.length > 0;
    if (!hasFailed) isReconciled = true;
    retries = hasFailed ? retries + 1 : 0;
    const waitMs = Math.min(MAX_WAIT_MS, firstRetryMs * 2 ** (retries - 1));
    retryAtMs = hasFailed ? clock.monotonicMs() + waitMs : 0;
    for (const error of report.failures) log.warn('earnings could not be collected', { error });
    return report;
  }

  /** One after the other. */
  function enqueue(work: () => Promise<CollectReport>): Promise<CollectReport> {
    runs += 1;
    const mine = lastRun.then(work).finally(() => {
      runs -= 1;
      check();
    });
    lastRun = mine.catch(() => undefined);
    return mine;
  }

  function collect(): Promise<CollectReport> {
    queued ??= enqueue(async () => {
      queued = null;
      const report = await run(firstOpen());
      if (!ending.signal.aborted) onReport(report);
      return report;
    });
    return queued;
  }

  /** Collects when it is time, or sleeps until it is. */
  function check(): void {
    stopTimer?.();
    stopTimer = null;
    if (ending.signal.aborted || runs > 0) return;
    tellLost();
    const nowMs = clock.nowMs();
    const wantedMs = nextCollectAtMs(book.sessions(firstOpen()), attempts, rules, nowMs);
    if (wantedMs === null) return;
    const waitMs = Math.max(wantedMs - nowMs, retryAtMs - clock.monotonicMs());
    if (waitMs <= 0) drop(collect(), 'collecting earnings', log);
    else stopTimer = clock.after(Math.min(waitMs, MAX_WAIT_MS), check);
  }

  function tellLost(): void {
    const open = firstOpen();
    if (open === lostUpTo) return;
    for (const { epoch, amount } of lostEpochs(book.sessions(0), open)) {
      if (epoch < lostUpTo) continue;
      log.warn('earnings were lost: their epoch closed before they were redeemed', {
        epoch,
        amount: amount.toString(),
      });
    }
    lostUpTo = open;
  }

  return {
    async start() {
      stopListening ??= book.onAppend(check);
      await enqueue(() => run(Number.MAX_SAFE_INTEGER));
    },
    collect,
    lost: () => lostEpochs(book.sessions(0), firstOpen()),
    dispose() {
      ending.abort();
      stopListening?.();
      stopTimer?.();
    },
  };
}

/** Service by service and epoch by epoch, in the order in which their sessions were opened. */
function lostEpochs(sessions: readonly EarningSession[], open: number): readonly LostEpoch[] {
  const found = new Map<string, LostEpoch>();
  for (const { terms, charged, paidOnChain } of sessions) {
    const { service, epoch } = terms;
    if (epoch >= open || charged <= paidOnChain) continue;
    const key = `${service} ${epoch}`;
    const amount = (found.get(key)?.amount ?? 0n) + charged - paidOnChain;
    found.set(key, { service, epoch, amount });
  }
  return [...found.values()];
}
