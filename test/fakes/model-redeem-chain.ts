/** RelayHub's redemption and the journal before it, as a few lines of arithmetic that can crash at every step. */
import type {
  RedeemBatch,
  RedeemOutcome,
  RedeemPort,
  RedeemRow,
} from '../../electron/market/ports.ts';
import { AppError } from '../../electron/platform/app-error.ts';
import { createDeferred } from '../../electron/platform/deferred.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { wordOf } from './ledger-values.ts';

/** Where a call can stop for ever, or fail. */
export type RedeemStep = 'asked' | 'called' | 'journalled' | 'mined';
export type Mishap = 'crash' | 'unreachable' | null;

interface Sent {
  readonly batch: RedeemBatch;
  readonly transaction: Hex;
  outcome: RedeemOutcome | AppError | null;
}

type DrawOf = Pick<RedeemBatch, 'supplier' | 'service' | 'epoch'> &
  Pick<RedeemRow, 'application' | 'draw'>;

export interface ModelRedeemChain extends RedeemPort {
  /** Asked at every step of every call. */
  mishapAt: (step: RedeemStep) => Mishap;
  /** Token units that a draw can pay. */
  allowanceOf: (row: Pick<RedeemRow, 'application' | 'draw'>) => bigint;
  /** Rows for which the contract refuses the whole batch. */
  refuses: (row: RedeemRow) => boolean;
  readonly batches: readonly RedeemBatch[];
  /** Most calls under way at once. */
  readonly mostAtOnce: number;
  paid(draw: DrawOf): bigint;
  totalPaid(): bigint;
  /** Resolves at the next crash. */
  crashed(): Promise<'crashed'>;
  /** A restart: nothing is under way any more, and the journal sends what the chain does not have. */
  restart(): void;
}

export function createModelRedeemChain(): ModelRedeemChain {
  const paid = new Map<string, bigint>();
  const journal: Sent[] = [];
  const batches: RedeemBatch[] = [];
  let crash = createDeferred<'crashed'>();
  let atOnce = 0;
  let mostAtOnce = 0;

  const paidOf = (draw: DrawOf): bigint => paid.get(keyOf(draw)) ?? 0n;

  async function pass(step: RedeemStep): Promise<void> {
    await Promise.resolve();
    const mishap = chain.mishapAt(step);
    if (mishap === 'unreachable') throw new AppError('chain-unreachable');
    if (mishap === null) return;
    crash.resolve('crashed');
    await new Promise(() => undefined);
  }

  async function during<Value>(work: () => Promise<Value>): Promise<Value> {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    try {
      return await work();
    } finally {
      atOnce -= 1;
    }
  }

  function mine(sent: Sent): RedeemOutcome | AppError {
    const { batch, transaction } = sent;
    const isBad = (row: RedeemRow): boolean =>
      chain.refuses(row) || row.amount > row.cumulative || row.amount > chain.allowanceOf(row);
    if (batch.rows.some(isBad)) return new AppError('transaction-failed');
    const rows = batch.rows.flatMap((row) => {
      const draw = { ...batch, ...row };
      if (row.amount <= paidOf(draw)) return [];
      paid.set(keyOf(draw), row.amount);
      return { application: row.application, draw: row.draw, totalPaid: row.amount };
    });
    return { transaction, paid: rows };
  }

  const chain: ModelRedeemChain = {
    mishapAt: () => null,
    allowanceOf: () => 2n ** 90n,
    refuses: () => false,
    batches,
    get mostAtOnce() {
      return mostAtOnce;
    },
    paid: paidOf,
    totalPaid: () => [...paid.values()].reduce((sum, amount) => sum + amount, 0n),
    crashed: () => crash.promise,
    restart() {
      crash = createDeferred();
      atOnce = 0;
      for (const sent of journal) sent.outcome ??= mine(sent);
    },
    standingOf: (terms) =>
      during(async () => {
        await pass('asked');
        return { paid: paidOf(terms), allowance: chain.allowanceOf(terms) };
      }),
    redeem: (batch) =>
      during(async () => {
        await pass('called');
        const sent: Sent = { batch, transaction: wordOf(journal.length + 1_000), outcome: null };
        journal.push(sent);
        await pass('journalled');
        sent.outcome = mine(sent);
        batches.push(batch);
        await pass('mined');
        if (sent.outcome instanceof AppError) throw sent.outcome;
        return sent.outcome;
      }),
  };
  return chain;
}

function keyOf({ supplier, service, epoch, application, draw }: DrawOf): string {
  return [supplier, service, epoch, application, draw].join();
}
