import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRACTICE_PARAMETERS } from '../../../electron/protocol/practice-terms.ts';
import {
  answerCost,
  PRACTICE_BUDGET,
  PRACTICE_DEPOSIT,
  PRACTICE_PRICE,
  reserveEpochs,
  stakeFor,
} from '../../../electron/market/prices.ts';
import { chargeOf, cuOf, DEFAULT_WEIGHTS } from '../../../electron/protocol/cu.ts';

const TERMS = { weights: DEFAULT_WEIGHTS, price: PRACTICE_PRICE };

describe('the amounts of the practice network', () => {
  it('keep seven epochs of every budget in stake, as the notes on settlement work out', () => {
    expect(reserveEpochs(PRACTICE_PARAMETERS)).toBe(7);
    expect(reserveEpochs({ epochSeconds: 60, redeemSeconds: 60, proofSeconds: 30 })).toBe(5);
    expect(stakeFor(PRACTICE_BUDGET, PRACTICE_PARAMETERS)).toBe(7n * PRACTICE_BUDGET);
    expect(PRACTICE_DEPOSIT).toBeGreaterThanOrEqual(stakeFor(PRACTICE_BUDGET, PRACTICE_PARAMETERS));
  });

  it('let a person ask thousands of questions in an epoch', () => {
    const usage = { promptTokens: 500, cachedTokens: 0, outputTokens: 500, heldTokenSeconds: 0n };
    expect(PRACTICE_BUDGET / answerCost(TERMS, usage).atMost).toBeGreaterThan(10_000n);
  });
});

describe('the cost of an answer', () => {
  const weight = fc.nat(10_000);
  const weights = fc.record({
    promptMilli: weight,
    cachedMilli: weight,
    outputMilli: weight,
    heldMilli: weight,
  });
  const tokens = fc.nat(100_000);

  it('is never below what a receipt charges, whatever the session charged before', () => {
    fc.assert(
      fc.property(
        weights,
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.tuple(tokens, tokens, tokens),
        (listed, price, before, [uncached, cachedTokens, outputTokens]) => {
          const promptTokens = uncached + cachedTokens;
          const usage = { promptTokens, cachedTokens, outputTokens, heldTokenSeconds: 0n };
          const { typically, atMost } = answerCost({ weights: listed, price }, usage);
          const total = before + cuOf(listed, usage);
          const charged = chargeOf(total, price) - chargeOf(before, price);
          expect(charged).toBeLessThanOrEqual(typically);
          expect(typically).toBeLessThanOrEqual(atMost);
        },
      ),
    );
  });

  it('shows what a follow-up saves', () => {
    const usage = { promptTokens: 1_000, cachedTokens: 900, outputTokens: 0, heldTokenSeconds: 0n };
    expect(answerCost(TERMS, usage)).toEqual({ typically: 65n, atMost: 200n });
  });
});
