import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CollectReport } from '../../../electron/market/collect.ts';
import { windowClosesAtMs } from '../../../electron/market/epochs.ts';
import { redeemDueAtMs } from '../../../electron/market/redeem-policy.ts';
import { createRedeemer, type Redeemer } from '../../../electron/market/redeemer.ts';
import { createDeferred } from '../../../electron/platform/deferred.ts';
import { ZERO_WORD } from '../../../electron/protocol/hex.ts';
import { epochAt, type Session } from '../../../electron/protocol/session.ts';
import {
  acceptedOn,
  addressOf,
  openedBy,
  servedOn,
  START_MS,
  wordOf,
} from '../../fakes/ledger-values.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryBook } from '../../fakes/memory-book.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { createModelRedeemChain } from '../../fakes/model-redeem-chain.ts';

const RULES = { epochSeconds: 43_200, redeemSeconds: 86_400 };
const EPOCH = epochAt(START_MS, RULES.epochSeconds);
const DUE_IN_MS = redeemDueAtMs(EPOCH, RULES) - START_MS;
const CLOSES_IN_MS = windowClosesAtMs(EPOCH, RULES) - START_MS;

function setUp() {
  const book = createMemoryBook();
  const chain = createModelRedeemChain();
  const manual = createManualClock(START_MS);
  /** What somebody set the computer's clock back by. */
  const wall = { backMs: 0 };
  const clock = { ...manual, nowMs: () => manual.nowMs() - wall.backMs };
  const log = createMemoryLog();
  const reports: CollectReport[] = [];
  let next = createDeferred<CollectReport>();
  let refs = 0;

  const start = async (): Promise<Redeemer> => {
    const onReport = (report: CollectReport) => {
      reports.push(report);
      next.resolve(report);
      next = createDeferred();
    };
    const redeemer = createRedeemer({ book, chain, clock, log, onReport }, { rules: RULES });
    await redeemer.start();
    return redeemer;
  };

  /** @returns serves so many relays of 1 token unit on one session */
  function open(over: Partial<Session> = {}) {
    const opening = openedBy('supplier', { epoch: EPOCH, ...over });
    const { session } = opening;
    let total = 0n;
    book.append([opening]);
    return {
      session,
      serve(relays: number, voucher = 1_000n) {
        for (let left = relays; left > 0; left--) {
          total += 1n;
          refs += 1;
          const charge = { sequence: Number(total), charged: 1n, totalCharged: total };
          book.append([acceptedOn(session, refs, voucher), servedOn(session, refs, charge)]);
        }
      },
    };
  }

  return { book, chain, clock, wall, log, reports, start, open, nextReport: () => next.promise };
}

describe('collecting on demand', () => {
  it('redeems what was charged, once, and writes it down', async () => {
    const { book, chain, start, open } = setUp();
    const redeemer = await start();
    open().serve(3);
    const report = await redeemer.collect();
    expect(report).toMatchObject({ collected: 3n, uncovered: 0n, failures: [] });
    expect(chain.batches).toEqual([
      {
        supplier: addressOf(4),
        service: wordOf(3),
        epoch: EPOCH,
        rows: [expect.objectContaining({ amount: 3n, cumulative: 1_000n, ref: wordOf(1) })],
      },
    ]);
    const transaction = report.transactions[0];
    expect(book.entries.at(-1)).toMatchObject({ kind: 'redeemed', totalPaid: 3n, transaction });
    expect(await redeemer.collect()).toMatchObject({ collected: 0n, transactions: [] });
    expect(chain.batches).toHaveLength(1);
  });

  it('asks the chain nothing while nothing was earned', async () => {
    const { chain, start, open } = setUp();
    open();
    chain.mishapAt = () => 'crash';
    const redeemer = await start();
    expect(await redeemer.collect()).toMatchObject({ collected: 0n, failures: [] });
  });

  it('puts at most 25 rows in a batch, and each service and epoch in batches of its own', async () => {
    const { chain, start, open } = setUp();
    const redeemer = await start();
    for (let number = 0; number < 30; number++)
      open({ application: addressOf(100 + number) }).serve(1);
    open({ service: wordOf(50) }).serve(1);
    open({ epoch: EPOCH - 1 }).serve(1);
    while ((await redeemer.collect()).collected > 0n);
    expect(Math.max(...chain.batches.map(({ rows }) => rows.length))).toBeLessThanOrEqual(25);
    expect(chain.totalPaid()).toBe(32n);
    const kinds = chain.batches.map(({ service, epoch }) => `${service} ${epoch}`);
    expect(new Set(kinds).size).toBe(3);
  });

  it('takes what the best voucher and the allowance cover, and says what is left', async () => {
    const { book, chain, start, open } = setUp();
    const redeemer = await start();
    open().serve(5, 3n);
    expect(await redeemer.collect()).toMatchObject({ collected: 3n, uncovered: 2n });
    chain.allowanceOf = () => 4n;
    open({ application: addressOf(9) }).serve(6);
    expect(await redeemer.collect()).toMatchObject({ collected: 4n, uncovered: 4n, failures: [] });
    expect(book.totals.earnings(0)).toMatchObject({ redeemed: 7n, waiting: 4n });
  });

  it('is not confused by somebody who redeemed all of a voucher', async () => {
    const { book, chain, start, open } = setUp();
    const redeemer = await start();
    const session = open();
    session.serve(3, 10n);
    const [held] = book.sessions(0);
    if (!held?.bestVoucher) throw new Error('no voucher');
    const { terms, bestVoucher } = held;
    const row = { ...terms, ...bestVoucher, amount: bestVoucher.cumulative };
    await chain.redeem({ ...terms, rows: [row] });
    expect(await redeemer.collect()).toMatchObject({ collected: 10n, uncovered: 0n, failures: [] });
    session.serve(8, 20n);
    expect(await redeemer.collect()).toMatchObject({ collected: 1n, uncovered: 0n, failures: [] });
    expect(chain.totalPaid()).toBe(11n);
  });

  it('pays the other rows of a batch that the contract refuses for one', async () => {
    const { chain, start, open } = setUp();
    const redeemer = await start();
    const bad = addressOf(104);
    chain.refuses = ({ application }) => application === bad;
    for (let number = 0; number < 9; number++)
      open({ application: addressOf(100 + number) }).serve(1);
    const report = await redeemer.collect();
    expect(report).toMatchObject({ collected: 8n, failures: [{ code: 'transaction-failed' }] });
    expect(chain.totalPaid()).toBe(8n);
  });

  it('counts a payment once that could not be written down at first', async () => {
    const { book, chain, start, open } = setUp();
    const redeemer = await start();
    const session = open();
    session.serve(4);
    const { redeem } = chain;
    chain.redeem = async (batch) => {
      const outcome = await redeem(batch);
      book.full = true;
      return outcome;
    };
    expect(await redeemer.collect()).toMatchObject({
      collected: 0n,
      failures: [{ code: 'disk-full' }],
    });
    expect(chain.totalPaid()).toBe(4n);
    chain.redeem = redeem;
    book.full = false;
    session.serve(2);
    expect(await redeemer.collect()).toMatchObject({ collected: 6n, failures: [] });
    expect(book.totals.earnings(0)).toMatchObject({ redeemed: 6n });
  });

  it('books a draw once when its price changed within the epoch', async () => {
    const { book, chain, start, open } = setUp();
    const redeemer = await start();
    open().serve(3);
    open({ price: 1n }).serve(5);
    expect(await redeemer.collect()).toMatchObject({ collected: 5n, uncovered: 3n });
    expect(chain.totalPaid()).toBe(5n);
    expect(book.totals.earnings(0)).toMatchObject({ earned: 8n, redeemed: 5n });
  });

  it('runs once at a time; a call during a collection gets the next one', async () => {
    const { chain, start, open, reports } = setUp();
    const redeemer = await start();
    const session = open();
    session.serve(2);
    const gate = createDeferred<null>();
    const { redeem } = chain;
    const begun = createDeferred<null>();
    chain.redeem = async (batch) => {
      begun.resolve(null);
      await gate.promise;
      return redeem(batch);
    };
    const first = redeemer.collect();
    await begun.promise;
    session.serve(1);
    const both = [redeemer.collect(), redeemer.collect()];
    gate.resolve(null);
    expect(await first).toMatchObject({ collected: 2n });
    for (const later of await Promise.all(both)) expect(later).toMatchObject({ collected: 1n });
    expect(chain.mostAtOnce).toBe(1);
    expect(reports).toHaveLength(2);
  });
});

describe('collecting by itself', () => {
  it('happens at the twentieth unpaid relay, and again after twenty more', async () => {
    const { chain, start, open, nextReport } = setUp();
    await start();
    const one = open();
    const other = open({ application: addressOf(9) });
    one.serve(10);
    other.serve(9);
    expect(chain.batches).toEqual([]);
    const report = nextReport();
    one.serve(1);
    expect(await report).toMatchObject({ collected: 20n });
    one.serve(19);
    const again = nextReport();
    one.serve(1);
    expect(await again).toMatchObject({ collected: 20n });
  });

  it('happens in time before the window of the epoch closes', async () => {
    const { clock, start, open, nextReport, reports } = setUp();
    await start();
    open().serve(1);
    clock.advance(DUE_IN_MS - 1);
    await turn();
    expect(reports).toEqual([]);
    const report = nextReport();
    clock.advance(1);
    expect(await report).toMatchObject({ collected: 1n });
  });

  it('tries again after a pause when the chain is away, without being asked', async () => {
    const { chain, clock, log, start, open, nextReport, reports } = setUp();
    await start();
    chain.mishapAt = () => 'unreachable';
    const failed = nextReport();
    open().serve(20);
    expect(await failed).toMatchObject({ failures: [{ code: 'chain-unreachable' }] });
    expect(log.lines.some((line) => line.includes('could not be collected'))).toBe(true);
    clock.advance(59_999);
    await turn();
    expect(reports).toHaveLength(1);
    chain.mishapAt = () => null;
    const report = nextReport();
    clock.advance(1);
    expect(await report).toMatchObject({ collected: 20n, failures: [] });
  });

  it('tries again after the same pause when the computer’s clock is set back meanwhile', async () => {
    const { chain, clock, wall, start, open, nextReport } = setUp();
    await start();
    chain.mishapAt = () => 'unreachable';
    const failed = nextReport();
    open().serve(20);
    await failed;
    chain.mishapAt = () => null;
    wall.backMs = 3_600_000;
    const report = nextReport();
    clock.advance(60_000);
    expect(await report).toMatchObject({ collected: 20n, failures: [] });
  });

  it('does not go on about what cannot be had, but tries once more at the end', async () => {
    const { chain, clock, start, open, nextReport, reports } = setUp();
    const redeemer = await start();
    chain.allowanceOf = () => 0n;
    const report = nextReport();
    const session = open();
    session.serve(20);
    expect(await report).toMatchObject({ collected: 0n, uncovered: 20n });
    session.serve(5);
    expect(await redeemer.collect()).toMatchObject({ collected: 0n, uncovered: 25n });
    clock.advance(DUE_IN_MS - 1);
    await turn();
    expect(reports).toHaveLength(2);
    chain.allowanceOf = () => 1_000n;
    const last = nextReport();
    clock.advance(1);
    expect(await last).toMatchObject({ collected: 25n });
  });

  it('reports what an epoch took with it', async () => {
    const { clock, log, start, open } = setUp();
    const redeemer = await start();
    const session = open();
    redeemer.dispose();
    session.serve(7);
    open({ epoch: EPOCH + 1 }).serve(1);
    clock.advance(CLOSES_IN_MS - 1);
    const second = await start();
    expect(second.lost()).toEqual([]);
    second.dispose();
    clock.advance(1);
    const third = await start();
    expect(third.lost()).toEqual([{ service: wordOf(3), epoch: EPOCH, amount: 7n }]);
    expect(log.lines.filter((line) => line.includes('were lost'))).toHaveLength(1);
    expect(await third.collect()).toMatchObject({ collected: 1n });
  });
});

describe('a redeemer that ends between mined and written down', () => {
  it('finds the payment at the next start, even after the window closed', async () => {
    const { book, chain, clock, start, open } = setUp();
    const redeemer = await start();
    open().serve(4);
    chain.mishapAt = (step) => (step === 'mined' ? 'crash' : null);
    const crashed = chain.crashed();
    const hanging = redeemer.collect();
    await Promise.race([hanging, crashed]);
    redeemer.dispose();
    expect(book.totals.earnings(0)).toMatchObject({ redeemed: 0n });
    chain.mishapAt = () => null;
    chain.restart();
    clock.advance(CLOSES_IN_MS + 1);
    const next = await start();
    expect(next.lost()).toEqual([]);
    expect(book.totals.earnings(0)).toMatchObject({ earned: 4n, redeemed: 4n });
    expect(book.entries.at(-1)).toMatchObject({ kind: 'redeemed', transaction: ZERO_WORD });
  });

  it('writes nothing after it was disposed of', async () => {
    const { book, chain, start, open, reports } = setUp();
    const redeemer = await start();
    open().serve(4);
    const { redeem } = chain;
    chain.redeem = async (batch) => {
      const outcome = await redeem(batch);
      redeemer.dispose();
      return outcome;
    };
    await redeemer.collect();
    expect(book.entries.some(({ kind }) => kind === 'redeemed')).toBe(false);
    expect(reports).toEqual([]);
    expect(await redeemer.collect()).toMatchObject({ collected: 0n, transactions: [] });
  });
});
