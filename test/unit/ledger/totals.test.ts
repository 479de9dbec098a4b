import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTotals, type Totals } from '../../../electron/ledger/totals.ts';
import type { Hex } from '../../../electron/protocol/hex.ts';
import type { LedgerEntry } from '../../../electron/protocol/ledger-entries.ts';
import {
  acceptedOn,
  openedBy,
  paidOn,
  redeemedOn,
  sentOn,
  servedOn,
  signedOn,
  START_MS,
  wordOf,
} from '../../fakes/ledger-values.ts';

const HOUR_MS = 3_600_000;
const utc = () => 0;

function totalsOf(
  entries: readonly LedgerEntry[],
  localOffsetMs: (atMs: number) => number = utc,
): Totals {
  const totals = createTotals(localOffsetMs);
  for (const entry of entries) totals.apply(entry);
  return totals;
}

/** Everything that can be asked. */
function answersOf(totals: Totals) {
  return {
    sessions: (['supplier', 'application'] as const).flatMap((role) => totals.sessions(role, 0)),
    earnings: [0, 2, 99].map((epoch) => totals.earnings(epoch)),
    ever: totals.ever(),
    hours: totals.hours(),
    days: totals.days(),
  };
}

const asSupplier = openedBy('supplier');
const { session } = asSupplier;

describe('the totals of a session', () => {
  it('as Supplier', () => {
    const totals = totalsOf([
      asSupplier,
      acceptedOn(session, 1, 10n),
      acceptedOn(session, 2, 25n),
      acceptedOn(session, 3, 20n),
      servedOn(session, 2, { sequence: 1, charged: 6n, totalCharged: 6n }),
      servedOn(session, 1, { sequence: 2, charged: 3n, totalCharged: 9n }),
    ]);
    const read = () => totals.session('supplier', session);
    expect(read()).toMatchObject({
      settledCu: 9n,
      charged: 9n,
      paidOnChain: 0n,
      bestVoucher: { cumulative: 25n, ref: wordOf(2) },
      lastSequence: 2,
      receipts: 2,
      unpaidReceipts: 2,
      openRelays: 1,
      isDisputed: false,
    });
    totals.apply(redeemedOn(session, 6n));
    expect(read()).toMatchObject({ paidOnChain: 6n, unpaidReceipts: 1 });
    totals.apply(redeemedOn(session, 5n));
    expect(read()).toMatchObject({ paidOnChain: 6n, unpaidReceipts: 1 });
    expect(totals.earnings(0)).toEqual({ earned: 9n, redeemed: 6n, waiting: 3n, lost: 0n });
    expect(totals.session('application', session)).toBeNull();
  });

  it('as Application: a dispute is not paid, a release frees the relay', () => {
    const charge = { sequence: 1, charged: 4n, totalCharged: 4n };
    const end = { atMs: START_MS, session, ref: wordOf(2) };
    const totals = totalsOf([
      openedBy('application'),
      sentOn(session, 1, 10n),
      sentOn(session, 2, 20n),
      sentOn(session, 3, 30n),
      sentOn(session, 4, 40n),
      paidOn(session, 1, charge),
      { kind: 'relay-released', ...end, reason: 'void' },
    ]);
    expect(totals.session('application', session)?.isDisputed).toBe(false);
    totals.apply({
      kind: 'relay-disputed',
      ...end,
      ref: wordOf(3),
      signed: signedOn(session, 3, charge),
      fault: 'wrong',
    });
    expect(totals.session('application', session)).toMatchObject({
      charged: 4n,
      openRelays: 1,
      isDisputed: true,
      bestVoucher: { cumulative: 40n },
    });
    expect(totals.ever().application).toEqual({
      relays: 1,
      charged: 4n,
      cu: 4n,
      promptTokens: 20,
      cachedTokens: 5,
      outputTokens: 30,
    });
    expect(totals.earnings(0).earned).toBe(0n);
  });

  it('ignores a second opening, and refuses an entry of a session that was never opened', () => {
    const totals = totalsOf([asSupplier, acceptedOn(session, 1, 10n), asSupplier]);
    expect(totals.session('supplier', session)?.openRelays).toBe(1);
    expect(() => totals.apply(sentOn(session, 1, 1n))).toThrow(
      expect.objectContaining({ code: 'ledger-unusable' }),
    );
  });
});

describe('hours and days', () => {
  const charge = { sequence: 1, charged: 4n, totalCharged: 4n };
  const midnight = Date.UTC(2027, 5, 1);
  const at = (hours: number) => servedOn(session, 1, charge, midnight + hours * HOUR_MS);

  it('follow the calendar of the owner', () => {
    const entries = [asSupplier, at(-3), at(-1), at(1)];
    const days = (offset: (atMs: number) => number) =>
      totalsOf(entries, offset)
        .days()
        .map(({ number, sums }) => [number - midnight / HOUR_MS / 24, sums.supplier.relays]);
    expect(days(utc)).toEqual([
      [-1, 2],
      [0, 1],
    ]);
    expect(days(() => 2 * HOUR_MS)).toEqual([
      [-1, 1],
      [0, 2],
    ]);
    expect(totalsOf(entries).hours()).toHaveLength(3);
  });

  it('stay one day when the clocks change in it', () => {
    const change = (atMs: number) => (atMs < midnight + 2 * HOUR_MS ? HOUR_MS : 2 * HOUR_MS);
    expect(totalsOf([asSupplier, at(1), at(3)], change).days()).toHaveLength(1);
  });
});

describe('totals of any ledger', () => {
  const EPOCHS = [1, 2, 3];
  const step = fc.record({
    session: fc.nat(5),
    kind: fc.constantFrom('accept', 'serve', 'redeem', 'send', 'pay', 'release', 'void'),
    amount: fc.bigInt({ min: 0n, max: 1_000n }),
    hours: fc.nat(100),
  });

  /** Sessions in both roles over three epochs; receipts add up, payments never exceed them. */
  function entriesOf(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
    const openings = EPOCHS.flatMap((epoch) =>
      (['supplier', 'application'] as const).map((role) => openedBy(role, { epoch })),
    );
    const entries: LedgerEntry[] = [...openings];
    const sums = new Map<Hex, { total: bigint; paid: bigint; sequence: number }>();
    for (const [index, { session: which, kind, amount, hours }] of steps.entries()) {
      const opening = openings[which] ?? asSupplier;
      const id = opening.session;
      const atMs = START_MS + hours * HOUR_MS;
      const key: Hex = `0x${opening.role}${id}`;
      const sum = sums.get(key) ?? { total: 0n, paid: 0n, sequence: 0 };
      sums.set(key, sum);
      const isSupplier = opening.role === 'supplier';
      if (kind === 'accept' || kind === 'send') {
        entries.push((isSupplier ? acceptedOn : sentOn)(id, index, sum.total + amount, atMs));
      } else if (kind === 'serve' || kind === 'pay') {
        sum.total += amount;
        sum.sequence += 1;
        const charge = { sequence: sum.sequence, charged: amount, totalCharged: sum.total };
        entries.push((isSupplier ? servedOn : paidOn)(id, index, charge, atMs));
      } else if (kind === 'redeem' && isSupplier) {
        sum.paid = sum.paid + amount > sum.total ? sum.total : sum.paid + amount;
        entries.push(redeemedOn(id, sum.paid, atMs));
      } else {
        const end = { atMs, session: id, ref: wordOf(index - 1) };
        entries.push(
          isSupplier
            ? { kind: 'relay-voided', ...end }
            : { kind: 'relay-released', ...end, reason: 'void' },
        );
      }
    }
    return entries;
  }

  it('are the same entry by entry and all at once, and their parts add up', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: -14, max: 14 }),
        (steps, east) => {
          const offset = () => east * HOUR_MS;
          const entries = entriesOf(steps);
          const totals = createTotals(offset);
          for (const [index, entry] of entries.entries()) {
            totals.apply(entry);
            if (index % 7 === 0) {
              const recomputed = totalsOf(entries.slice(0, index + 1), offset);
              expect(answersOf(totals)).toEqual(answersOf(recomputed));
            }
          }
          const supplied = totals.sessions('supplier', 0);
          const charged = supplied.reduce((sum, one) => sum + one.charged, 0n);
          const paid = supplied.reduce((sum, one) => sum + one.paidOnChain, 0n);
          for (const epoch of [0, 2, 3, 99]) {
            const { earned, redeemed, waiting, lost } = totals.earnings(epoch);
            expect([earned, redeemed]).toEqual([charged, paid]);
            expect(redeemed + waiting + lost).toBe(earned);
            expect(lost).toBe(
              supplied
                .filter(({ terms }) => terms.epoch < epoch)
                .reduce((sum, one) => sum + one.charged - one.paidOnChain, 0n),
            );
          }
          for (const periods of [totals.hours(), totals.days()]) {
            const sumOf = (pick: (one: (typeof periods)[number]) => bigint) =>
              periods.reduce((sum, one) => sum + pick(one), 0n);
            expect(sumOf(({ sums }) => sums.supplier.charged)).toBe(charged);
            expect(sumOf(({ sums }) => sums.redeemed)).toBe(paid);
            expect(sumOf(({ sums }) => sums.application.charged)).toBe(
              totals.ever().application.charged,
            );
          }
          for (const one of supplied) {
            expect(one.unpaidReceipts === 0).toBe(one.charged === one.paidOnChain);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
