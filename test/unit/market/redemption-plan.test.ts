import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOpenEpoch, windowClosesAtMs } from '../../../electron/market/epochs.ts';
import type { EarningSession } from '../../../electron/market/ports.ts';
import { nextCollectAtMs, redeemDueAtMs } from '../../../electron/market/redeem-policy.ts';
import {
  claimOf,
  drawsToCollect,
  groupClaims,
  MAX_ROWS,
} from '../../../electron/market/redemption-plan.ts';
import { sessionId, type Session } from '../../../electron/protocol/session.ts';
import { addressOf, signatureOf, termsOf, wordOf } from '../../fakes/ledger-values.ts';

function sessionOf(over: Partial<EarningSession>, terms: Partial<Session> = {}): EarningSession {
  const full = termsOf(terms);
  return {
    session: sessionId(full),
    terms: full,
    charged: 10n,
    paidOnChain: 0n,
    receipts: 1,
    unpaidReceipts: 1,
    bestVoucher: { cumulative: 50n, ref: wordOf(1), signature: signatureOf(1) },
    ...over,
  };
}

const PLENTY = { paid: 0n, allowance: 1_000n };

function rowOf(session: EarningSession, standing = PLENTY) {
  const [draw] = drawsToCollect([session]);
  return draw ? (claimOf(draw, standing)?.row ?? null) : null;
}

describe('a redemption row', () => {
  it('asks for all that was charged, by the best voucher', () => {
    expect(rowOf(sessionOf({}))).toEqual({
      application: addressOf(2),
      price: 200_000n,
      draw: 0,
      amount: 10n,
      cumulative: 50n,
      ref: wordOf(1),
      signature: signatureOf(1),
    });
  });

  it.each([
    ['everything is paid', { charged: 10n, paidOnChain: 10n }, PLENTY],
    ['nothing was charged', { charged: 0n }, PLENTY],
    ['there is no voucher', { bestVoucher: null }, PLENTY],
    ['the chain has paid it already', {}, { paid: 10n, allowance: 1_000n }],
    ['the allowance is used up', {}, { paid: 4n, allowance: 4n }],
  ])('is not sent when %s', (_why, over, standing) => {
    expect(rowOf(sessionOf(over), standing)).toBeNull();
  });

  it('never asks for more than voucher, allowance or charge', () => {
    const amount = fc.bigInt({ min: 0n, max: 40n });
    fc.assert(
      fc.property(amount, amount, amount, amount, (charged, cumulative, allowance, paid) => {
        const bestVoucher = { cumulative, ref: wordOf(1), signature: signatureOf(1) };
        const row = rowOf(sessionOf({ charged, bestVoucher }), { paid, allowance });
        const most = [charged, cumulative, allowance].reduce((one, two) => (one < two ? one : two));
        if (most > paid) expect(row?.amount).toBe(most);
        else expect(row).toBeNull();
      }),
    );
  });
});

describe('batches', () => {
  it('hold 25 rows at most, of one Supplier, service and epoch, and every claim once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(90), fc.nat(1), fc.nat(1), fc.nat(1))), (draws) => {
        const sessions = draws.map(([application, service, epoch, supplier]) =>
          sessionOf(
            {},
            {
              application: addressOf(application),
              service: wordOf(service),
              epoch,
              supplier: addressOf(supplier),
            },
          ),
        );
        const claims = drawsToCollect(sessions)
          .map((draw) => claimOf(draw, PLENTY))
          .filter((claim) => claim !== null);
        const batches = groupClaims(claims);
        expect(new Set(batches.flat())).toEqual(new Set(claims));
        expect(batches.flat()).toHaveLength(claims.length);
        expect(claims).toHaveLength(new Set(draws.map(String)).size);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(MAX_ROWS);
          const kinds = batch.map(({ draw: { best } }) => {
            const { supplier, service, epoch } = best.terms;
            return `${supplier} ${service} ${epoch}`;
          });
          expect(new Set(kinds).size).toBe(1);
        }
      }),
    );
  });
});

describe('epochs and their windows', () => {
  const RULES = { epochSeconds: 100, redeemSeconds: 250 };

  it('are open exactly until their window closes', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000_000), (epoch, nowMs) => {
        const isOpen = epoch >= firstOpenEpoch(nowMs, RULES);
        expect(isOpen).toBe(nowMs < windowClosesAtMs(epoch, RULES));
      }),
    );
  });

  it('are collected at once when enough relays wait, else a quarter of the window before its end', () => {
    const rules = { ...RULES, collectEvery: 5 };
    const next = (unpaidReceipts: number) =>
      nextCollectAtMs(
        [sessionOf({ receipts: 9, unpaidReceipts }, { epoch: 7 })],
        new Map(),
        rules,
        760_000,
      );
    expect(next(4)).toBe(redeemDueAtMs(7, rules));
    expect(redeemDueAtMs(7, rules)).toBe(windowClosesAtMs(7, rules) - 62_500);
    expect(next(5)).toBe(760_000);
    expect(nextCollectAtMs([], new Map(), rules, 0)).toBeNull();
    const paid = sessionOf({ paidOnChain: 10n, unpaidReceipts: 0 }, { epoch: 7 });
    expect(nextCollectAtMs([paid], new Map(), rules, 0)).toBeNull();
  });

  it('count only relays since the last attempt', () => {
    const rules = { ...RULES, collectEvery: 5 };
    const session = sessionOf({ receipts: 12, unpaidReceipts: 12 }, { epoch: 7 });
    const next = (receipts: number) =>
      nextCollectAtMs(
        [session],
        new Map([[session.session, { atMs: 0, charged: 1n, receipts }]]),
        rules,
        760_000,
      );
    expect(next(7)).toBe(760_000);
    expect(next(8)).toBe(redeemDueAtMs(7, rules));
  });
});
