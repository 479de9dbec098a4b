/** Crashes, an unreachable chain and full disks at any step of collecting: ledger and chain end equal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedeemer, type Redeemer } from '../../../electron/market/redeemer.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import { epochAt, type Session } from '../../../electron/protocol/session.ts';
import { acceptedOn, addressOf, openedBy, servedOn, START_MS } from '../../fakes/ledger-values.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryBook, type MemoryBook } from '../../fakes/memory-book.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import {
  createModelRedeemChain,
  type Mishap,
  type ModelRedeemChain,
  type RedeemStep,
} from '../../fakes/model-redeem-chain.ts';

const RULES = { epochSeconds: 43_200, redeemSeconds: 86_400 };
const EPOCH = epochAt(START_MS, RULES.epochSeconds);
const APPLICATIONS = 3;
const ALLOWANCE = 60n;
const RUNS = 1_000;

/** Which relay comes next: sessions of three Applications, at two prices, in two epochs. */
const relay = fc.record({
  type: fc.constant('relay' as const),
  application: fc.nat(APPLICATIONS - 1),
  isDear: fc.boolean(),
  isOld: fc.boolean(),
  charged: fc.bigInt({ min: 0n, max: 30n }),
  /** Below what is charged: a Supplier that served more than it was promised. */
  covers: fc.boolean(),
});
const step = fc.oneof(
  { weight: 5, arbitrary: relay },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('collect' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('disk' as const), full: fc.boolean() }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** What happens at each step of each call to the chain; nothing once they are used up. */
const mishaps = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<Mishap>(null) },
    { weight: 1, arbitrary: fc.constant<Mishap>('unreachable') },
    { weight: 2, arbitrary: fc.constant<Mishap>('crash') },
  ),
  { minLength: 20, maxLength: 60 },
);

/** @param onCrash told where each crash was */
async function worldOf(planned: readonly Mishap[], onCrash: (step: RedeemStep) => void) {
  const book = createMemoryBook();
  const chain = createModelRedeemChain();
  const clock = createManualClock(START_MS);
  const log = createMemoryLog();
  let calls = 0;
  chain.mishapAt = (where) => {
    const mishap = planned[calls++] ?? null;
    if (mishap === 'crash') onCrash(where);
    return mishap;
  };
  chain.allowanceOf = () => ALLOWANCE;
  const build = () =>
    createRedeemer({ book, chain, clock, log, onReport: () => undefined }, { rules: RULES });
  let redeemer = build();

  /** Runs it; where it crashes, everything in memory is gone and Lull starts again. */
  async function surviving(work: (current: Redeemer) => Promise<unknown>): Promise<void> {
    if ((await Promise.race([work(redeemer), chain.crashed()])) === 'crashed') await restart();
  }

  async function restart(): Promise<void> {
    redeemer.dispose();
    chain.restart();
    redeemer = build();
    await surviving((current) => current.start());
  }

  await surviving((current) => current.start());
  return {
    book,
    chain,
    clock,
    restart,
    collect: () => surviving((current) => current.collect()),
    heal: () => {
      chain.mishapAt = () => null;
      book.full = false;
    },
    collectInPeace: () => redeemer.collect(),
    dispose: () => {
      redeemer.dispose();
    },
  };
}

/** Appends one relay, as a Supplier does. */
function createSupplier(book: MemoryBook) {
  const totals = new Map<Hex, bigint>();
  let refs = 0;
  return (next: Extract<Step, { type: 'relay' }>): void => {
    const opening = openedBy('supplier', {
      application: addressOf(100 + next.application),
      price: next.isDear ? 2n : 1n,
      epoch: next.isOld ? EPOCH - 1 : EPOCH,
    });
    const { session } = opening;
    const known = totals.get(session);
    if (known === undefined) book.append([opening]);
    const totalCharged = (known ?? 0n) + next.charged;
    totals.set(session, totalCharged);
    refs += 1;
    const cumulative = next.covers ? totalCharged + 5n : totalCharged / 2n;
    const charge = { sequence: refs, charged: next.charged, totalCharged };
    book.append([acceptedOn(session, refs, cumulative), servedOn(session, refs, charge)]);
  };
}

/** Per draw: what its sessions are worth at most on the chain, and what the ledger has as paid. */
function drawsOf(book: MemoryBook) {
  const draws = new Map<string, { terms: Session; worth: bigint; booked: bigint }>();
  for (const { terms, charged, bestVoucher, paidOnChain } of book.sessions(0)) {
    const key = `${terms.application} ${terms.epoch}`;
    const draw = draws.get(key) ?? { terms, worth: 0n, booked: 0n };
    const proved = [charged, bestVoucher?.cumulative ?? 0n, ALLOWANCE];
    const worth = proved.reduce((one, other) => (one < other ? one : other));
    draws.set(key, {
      terms,
      worth: worth > draw.worth ? worth : draw.worth,
      booked: draw.booked + paidOnChain,
    });
  }
  return [...draws.values()];
}

function expectNeverTooMuch(book: MemoryBook, chain: ModelRedeemChain): void {
  for (const { terms, worth, booked } of drawsOf(book)) {
    expect(booked).toBeLessThanOrEqual(chain.paid(terms));
    expect(chain.paid(terms)).toBeLessThanOrEqual(worth);
  }
}

describe('collecting', () => {
  it('ends with ledger and chain equal, whatever happened on the way', async () => {
    const crashes: Record<RedeemStep, number> = { asked: 0, called: 0, journalled: 0, mined: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        mishaps,
        async (steps, planned) => {
          const world = await worldOf(planned, (where) => {
            crashes[where] += 1;
          });
          const { book, chain } = world;
          const serve = createSupplier(book);
          for (const next of steps) {
            if (next.type === 'collect') await world.collect();
            else if (next.type === 'restart') await world.restart();
            else if (next.type === 'disk') book.full = next.full;
            else if (!book.full) serve(next);
            expectNeverTooMuch(book, chain);
          }
          world.heal();
          await world.restart();
          const report = await world.collectInPeace();
          expect(report.failures).toEqual([]);
          for (const { terms, worth, booked } of drawsOf(book)) {
            expect([chain.paid(terms), booked]).toEqual([worth, worth]);
          }
          const { earned, redeemed } = book.totals.earnings(0);
          expect(redeemed).toBe(chain.totalPaid());
          expect(report.uncovered).toBe(earned - redeemed);
          expect(await world.collectInPeace()).toMatchObject({ collected: 0n, transactions: [] });
          expect(chain.mostAtOnce).toBeLessThanOrEqual(1);
          world.dispose();
        },
      ),
      { numRuns: RUNS },
    );
    expect(Math.min(...Object.values(crashes))).toBeGreaterThan(RUNS / 20);
  });
});
