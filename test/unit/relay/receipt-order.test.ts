/** How a receipt has to stand among the others of its session. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeOf } from '../../../electron/protocol/cu.ts';
import { ZERO_WORD, type Hex } from '../../../electron/protocol/hex.ts';
import type { Receipt } from '../../../electron/protocol/receipt.ts';
import {
  holdFault,
  owedFault,
  tokensFault,
  totalsFault,
} from '../../../electron/relay/receipt-checks.ts';

const PRICE = 1_000_000n;

function refOf(number: number): Hex {
  return `0x${number.toString(16).padStart(64, '0')}`;
}

/** One receipt after the other, with these CU. */
function chainOf(cus: readonly bigint[]): readonly Receipt[] {
  let totalCu = 0n;
  return cus.map((cu, index) => {
    const before = totalCu;
    totalCu += cu;
    return {
      session: ZERO_WORD,
      ref: refOf(index),
      sequence: index + 1,
      cumulative: 0n,
      responseHash: ZERO_WORD,
      modelSha256: ZERO_WORD,
      profile: ZERO_WORD,
      promptTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
      heldTokens: 0,
      heldTokenSeconds: 0n,
      refundTokenSeconds: 0n,
      owedTokenSeconds: 0n,
      cu,
      totalCu,
      charged: chargeOf(totalCu, PRICE) - chargeOf(before, PRICE),
      totalCharged: chargeOf(totalCu, PRICE),
      finish: 0,
      queuedMs: 0,
      firstTokenMs: 0,
      totalMs: 0,
      endedAtMs: 0n,
    };
  });
}

function beside(
  known: readonly Receipt[],
  sequence: number,
  openCu: bigint,
  bestCumulative: bigint,
) {
  const below = known.filter((other) => other.sequence < sequence).at(-1) ?? null;
  const above = known.find((other) => other.sequence > sequence) ?? null;
  const twin = known.find((other) => other.sequence === sequence) ?? null;
  return { below, above, twin, openCu, bestCumulative, price: PRICE, dueFor: () => 0n };
}

const cus = fc.array(fc.bigInt(0n, 50n), { minLength: 1, maxLength: 8 });

describe('an honest receipt', () => {
  it('fits, in whatever order receipts arrive', () => {
    fc.assert(
      fc.property(cus, fc.infiniteStream(fc.nat(1_000)), (list, picks) => {
        const missing = [...chainOf(list)];
        const total = list.reduce((sum, cu) => sum + cu, 0n);
        let known: readonly Receipt[] = [];
        while (missing.length > 0) {
          const [next] = missing.splice((picks.next().value ?? 0) % missing.length, 1);
          if (next === undefined) continue;
          const openCu = missing.reduce((sum, { cu }) => sum + cu, 0n);
          expect(totalsFault(next, beside(known, next.sequence, openCu, total))).toBeNull();
          known = [...known, next].sort((a, b) => a.sequence - b.sequence);
        }
      }),
    );
  });
});

describe('a receipt', () => {
  const [first, second, third] = chainOf([10n, 20n, 30n]);
  if (!first || !second || !third) throw new Error('three were asked for');

  it('must follow the one before it to the last unit', () => {
    expect(totalsFault({ ...second, totalCu: 31n }, beside([first], 2, 100n, 60n))).not.toBeNull();
    expect(totalsFault({ ...second, totalCu: 29n }, beside([first], 2, 100n, 60n))).not.toBeNull();
    expect(totalsFault({ ...first, totalCu: 11n }, beside([], 1, 100n, 60n))).not.toBeNull();
  });

  it('must lead to the one after it to the last unit', () => {
    expect(totalsFault(second, beside([third], 2, 10n, 60n))).toBeNull();
    expect(totalsFault({ ...second, cu: 19n, totalCu: 29n }, beside([third], 2, 10n, 60n))).toMatch(
      /after it/,
    );
  });

  it('may leave a gap only for what is still open', () => {
    expect(totalsFault(third, beside([first], 3, 20n, 60n))).toBeNull();
    expect(totalsFault(third, beside([first], 3, 19n, 60n))).not.toBeNull();
    expect(totalsFault({ ...third, totalCu: 39n }, beside([first], 3, 20n, 60n))).not.toBeNull();
    expect(totalsFault(first, beside([third], 1, 20n, 60n))).toBeNull();
    expect(totalsFault(first, beside([third], 1, 19n, 60n))).not.toBeNull();
  });

  it('shares its number with none', () => {
    expect(totalsFault({ ...first, ref: third.ref }, beside([first], 1, 0n, 60n))).not.toBeNull();
    expect(totalsFault(first, beside([first], 1, 0n, 60n))).toBeNull();
  });

  it('stays within the vouchers', () => {
    expect(totalsFault(second, beside([first], 2, 0n, 30n))).toBeNull();
    expect(totalsFault(second, beside([first], 2, 0n, 29n))).not.toBeNull();
  });
});

describe('the tokens of a receipt', () => {
  const [receipt] = chainOf([0n]).map((each) => ({ ...each, promptTokens: 9, outputTokens: 5 }));
  if (!receipt) throw new Error('one was asked for');
  const limits = { promptTokens: 9, outputTokens: 5 };
  const seen = (tokens: number) => ({ responseHash: ZERO_WORD, tokens, unrated: 0 });

  it('are the ones that came, within what was asked for', () => {
    expect(tokensFault(receipt, seen(5), limits)).toBeNull();
    expect(tokensFault(receipt, seen(4), limits)).not.toBeNull();
    expect(tokensFault(receipt, seen(6), limits)).not.toBeNull();
    expect(tokensFault(receipt, { ...seen(5), unrated: 1 }, limits)).not.toBeNull();
    expect(tokensFault(receipt, null, { ...limits, promptTokens: 8 })).not.toBeNull();
    expect(tokensFault(receipt, null, { ...limits, outputTokens: 4 })).not.toBeNull();
    expect(tokensFault(receipt, null, null)).toBeNull();
    expect(tokensFault(receipt, { responseHash: null, tokens: 2, unrated: 1 }, limits)).toBeNull();
  });
});

describe('the hold of a receipt', () => {
  const [first] = chainOf([0n]).map((each) => ({ ...each, promptTokens: 9, outputTokens: 5 }));
  if (!first) throw new Error('one was asked for');
  const hold = { tokens: 7, seconds: 60, untilMs: 0n };

  it('is charged as it was bought, or not at all', () => {
    const bought = { holdSeconds: 60, hold: null };
    expect(holdFault(first, bought)).toBeNull();
    expect(holdFault({ ...first, heldTokenSeconds: 14n * 60n }, bought)).toBeNull();
    expect(holdFault({ ...first, heldTokenSeconds: 14n * 61n }, bought)).not.toBeNull();
    expect(holdFault({ ...first, heldTokenSeconds: 14n }, bought)).not.toBeNull();
    const none = { holdSeconds: 0, hold: null };
    expect(holdFault({ ...first, heldTokenSeconds: 14n }, none)).not.toBeNull();
  });

  it('is found as far as there was one', () => {
    expect(holdFault({ ...first, heldTokens: 7 }, { holdSeconds: 0, hold })).toBeNull();
    expect(holdFault({ ...first, heldTokens: 8 }, { holdSeconds: 0, hold })).not.toBeNull();
    expect(holdFault({ ...first, heldTokens: 1 }, { holdSeconds: 0, hold: null })).not.toBeNull();
  });
});

describe('what is owed', () => {
  const [first, second, third] = chainOf([1n, 2n, 3n]);
  if (!first || !second || !third) throw new Error('three were asked for');
  const owes = (receipt: Receipt, refund: bigint, owed: bigint): Receipt => ({
    ...receipt,
    refundTokenSeconds: refund,
    owedTokenSeconds: owed,
  });
  const among = (known: readonly Receipt[], sequence: number, due: bigint) => ({
    ...beside(known, sequence, 0n, 0n),
    dueFor: (receipt: Receipt) => (receipt.sequence === 2 ? due : 0n),
  });

  it('goes from one receipt to the next to the last unit', () => {
    const before = owes(first, 0n, 10n);
    expect(owedFault(owes(second, 4n, 11n), among([before], 2, 5n))).toBeNull();
    expect(owedFault(owes(second, 15n, 0n), among([before], 2, 5n))).toBeNull();
    expect(owedFault(owes(second, 4n, 10n), among([before], 2, 5n))).not.toBeNull();
    expect(owedFault(owes(second, 4n, 12n), among([before], 2, 5n))).not.toBeNull();
    expect(owedFault(owes(second, 0n, 0n), among([before], 2, 0n))).not.toBeNull();
    expect(owedFault(owes(first, 0n, 1n), among([], 1, 0n))).not.toBeNull();
  });

  it('is no less than is due where a receipt is missing', () => {
    expect(owedFault(owes(second, 1n, 4n), among([], 2, 5n))).toBeNull();
    expect(owedFault(owes(second, 9n, 9n), among([], 2, 5n))).toBeNull();
    expect(owedFault(owes(second, 1n, 3n), among([], 2, 5n))).not.toBeNull();
  });

  it('leads to the receipt after it', () => {
    const after = owes(second, 7n, 0n);
    expect(owedFault(owes(first, 0n, 0n), among([after], 1, 7n))).toBeNull();
    expect(owedFault(owes(first, 0n, 0n), among([after], 1, 6n))).not.toBeNull();
    expect(owedFault(owes(first, 0n, 0n), among([owes(third, 7n, 0n)], 1, 0n))).toBeNull();
  });
});
