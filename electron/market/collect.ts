/** One collection: asks the chain what it has paid, sends the rows that are worth it, writes down what came. */
import { toAppError, type AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Hex } from '../protocol/hex.ts';
import type { EarningSession, EarningsBook, RedeemPort } from './ports.ts';
import {
  batchOf,
  claimOf,
  drawsToCollect,
  groupClaims,
  paymentOf,
  type Claim,
  type DrawSessions,
  type Payment,
} from './redemption-plan.ts';

/** Amounts in token units. */
export interface CollectReport {
  /** Newly written down as paid, whoever sent the transaction. */
  readonly collected: bigint;
  readonly transactions: readonly Hex[];
  /** Charged, but beyond what the best vouchers and the allowances cover. */
  readonly uncovered: bigint;
  /** Batches or questions that did not work; everything else did. */
  readonly failures: readonly AppError[];
}

export interface CollectPorts {
  readonly book: EarningsBook;
  readonly chain: RedeemPort;
  readonly clock: Clock;
}

export interface CollectOptions {
  /** Of older epochs, whose window has closed, only what was paid already is written down. */
  readonly sendSinceEpoch: number;
  /** Nothing is sent or written any more once it is aborted. */
  readonly signal: AbortSignal;
  /** Told of each session that is done with for now: paid, refused, or with nothing to be had. */
  readonly onHandled: (session: EarningSession) => void;
}

export async function collectOnce(
  { book, chain, clock }: CollectPorts,
  sessions: readonly EarningSession[],
  { sendSinceEpoch, signal, onHandled }: CollectOptions,
): Promise<CollectReport> {
  let collected = 0n;
  let uncovered = 0n;
  const transactions: Hex[] = [];
  const failures: AppError[] = [];

  const handled = (draw: DrawSessions): void => {
    for (const session of draw.sessions) onHandled(session);
  };

  function writeDown(payments: readonly (Payment | null)[]): void {
    const found = payments.filter((payment) => payment !== null);
    if (found.length === 0 || signal.aborted) return;
    book.append(found.map(({ entry }) => entry));
    for (const { newlyPaid } of found) collected += newlyPaid;
  }

  async function examine(draw: DrawSessions): Promise<Claim | null> {
    const standing = await chain.standingOf(draw.best.terms);
    const found = paymentOf(draw, standing.paid, null, clock.nowMs());
    writeDown([found]);
    if (draw.best.terms.epoch < sendSinceEpoch) return null;
    const claim = claimOf(found === null ? draw : withPaid(draw, found), standing);
    const owed = draw.sessions.reduce((sum, { charged }) => sum + charged, 0n);
    const had = claim?.row.amount ?? standing.paid;
    // Anybody may redeem all of a voucher, also more than was charged so far.
    if (owed > had) uncovered += owed - had;
    if (claim === null) handled(draw);
    return claim;
  }

  async function sendBatch(claims: readonly Claim[]): Promise<void> {
    const [first] = claims;
    if (first === undefined || signal.aborted) return;
    const { transaction, paid } = await chain.redeem(batchOf(first, claims));
    transactions.push(transaction);
    const nowMs = clock.nowMs();
    const payments = claims.map(({ draw, row }) => {
      const { application, draw: number } = row;
      const its = paid.find((one) => one.application === application && one.draw === number);
      return its ? paymentOf(draw, its.totalPaid, transaction, nowMs) : null;
    });
    writeDown(payments);
    for (const { draw } of claims) handled(draw);
  }

  /** One bad row makes the contract refuse its whole batch: halving finds it and pays the others. */
  async function sendOrHalve(claims: readonly Claim[]): Promise<void> {
    try {
      await sendBatch(claims);
    } catch (error) {
      const failure = toAppError(error);
      const isRefused = failure.code === 'transaction-failed';
      if (!isRefused || claims.length === 1) {
        failures.push(failure);
        if (isRefused) for (const { draw } of claims) handled(draw);
        return;
      }
      const middle = Math.ceil(claims.length / 2);
      await sendOrHalve(claims.slice(0, middle));
      await sendOrHalve(claims.slice(middle));
    }
  }

  const claims: Claim[] = [];
  for (const draw of drawsToCollect(sessions)) {
    try {
      const claim = await examine(draw);
      if (claim) claims.push(claim);
    } catch (error) {
      failures.push(toAppError(error));
    }
    if (signal.aborted) break;
  }
  for (const batch of groupClaims(claims)) await sendOrHalve(batch);
  return { collected, transactions, uncovered, failures };
}

function withPaid({ sessions, best }: DrawSessions, { entry }: Payment): DrawSessions {
  const paid = { ...best, paidOnChain: entry.totalPaid };
  return { best: paid, sessions: sessions.map((session) => (session === best ? paid : session)) };
}
