/** A receipt checked offline: whatever is changed in it is noticed, and by the check that ought to. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chargeOf, cuOf, DEFAULT_WEIGHTS } from '../../../electron/protocol/cu.ts';
import { ZERO_WORD } from '../../../electron/protocol/hex.ts';
import {
  beforeHolds,
  RECEIPT,
  RECEIPT_BEFORE_HOLDS,
  receiptFault,
  type Receipt,
} from '../../../electron/protocol/receipt.ts';
import { sessionId } from '../../../electron/protocol/session.ts';
import { digestOf, hashDomain } from '../../../electron/protocol/typed-data.ts';
import {
  isGoodReceipt,
  verifyReceipt,
  type ReceiptCheck,
  type ReceiptTerms,
} from '../../../electron/protocol/verify-receipt.ts';
import { recoverOffline } from '../../../electron/relay/offline-recover-adapter.ts';
import { recoverSigner, signDigest } from '../../../electron/relay/secp256k1-adapter.ts';
import { MODEL, SESSION } from '../../fakes/relay-terms.ts';
import { addressOfKey } from '../../fakes/test-keys.ts';

const KEY = new Uint8Array(32).fill(5);
const session = { ...SESSION, supplier: addressOfKey(KEY) };
const usage = {
  promptTokens: 100,
  cachedTokens: 40,
  heldTokens: 30,
  outputTokens: 50,
  heldTokenSeconds: 3_000n,
  refundTokenSeconds: 2_500n,
};
const cu = cuOf(DEFAULT_WEIGHTS, usage);
const BEFORE = 1_234n;
const REF = MODEL.profile;

const RIGHT: Receipt = {
  session: sessionId(session),
  ref: REF,
  sequence: 7,
  cumulative: 10_000n,
  responseHash: MODEL.ggufSha256,
  modelSha256: MODEL.ggufSha256,
  profile: MODEL.profile,
  ...usage,
  owedTokenSeconds: 0n,
  cu,
  totalCu: BEFORE + cu,
  charged: chargeOf(BEFORE + cu, session.price) - chargeOf(BEFORE, session.price),
  totalCharged: chargeOf(BEFORE + cu, session.price),
  finish: 0,
  queuedMs: 1,
  firstTokenMs: 2,
  totalMs: 3,
  endedAtMs: 4n,
};

const TERMS: ReceiptTerms = {
  session,
  weights: DEFAULT_WEIGHTS,
  ref: REF,
  modelSha256: MODEL.ggufSha256,
  maxCu: cu,
  responseHash: RIGHT.responseHash,
};

const domain = hashDomain({ chainId: session.chainId, verifyingContract: session.hub });
const signed = (receipt: Receipt) => ({
  receipt,
  signature: signDigest(KEY, digestOf(domain, RECEIPT, receipt)),
});
const wrongIn = (checks: readonly ReceiptCheck[]) =>
  checks.filter(({ outcome }) => outcome === 'wrong').map(({ name }) => name);
const check = (receipt: Receipt, terms = TERMS) =>
  wrongIn(verifyReceipt(signed(receipt), terms, recoverOffline));

/** Other counts, with sums that follow from them. */
function again(over: Partial<Receipt>): Partial<Receipt> {
  const other = cuOf(DEFAULT_WEIGHTS, { ...usage, ...over });
  const totalCharged = chargeOf(BEFORE + other, session.price);
  const charged = totalCharged - chargeOf(BEFORE, session.price);
  return { ...over, cu: other, totalCu: BEFORE + other, totalCharged, charged };
}

/** Its sums hold; only that so many tokens cannot have been cached. */
function moreCachedThanRead(): Partial<Receipt> {
  const cachedTokens = usage.promptTokens + 1;
  const less = cuOf(DEFAULT_WEIGHTS, { ...usage, cachedTokens });
  const totalCharged = chargeOf(BEFORE + less, session.price);
  const charged = totalCharged - chargeOf(BEFORE, session.price);
  return { cachedTokens, cu: less, totalCu: BEFORE + less, totalCharged, charged };
}

describe('a right receipt', () => {
  it('passes every check, by either way to recover its signer', () => {
    for (const recover of [recoverOffline, recoverSigner]) {
      const checks = verifyReceipt(signed(RIGHT), TERMS, recover);
      expect(checks.map(({ outcome }) => outcome)).toEqual(Array(7).fill('ok'));
      expect(isGoodReceipt(checks)).toBe(true);
    }
  });

  it('passes with its answer unseen', () => {
    const checks = verifyReceipt(signed(RIGHT), { ...TERMS, responseHash: null }, recoverOffline);
    expect(checks.find(({ name }) => name === 'response')?.outcome).toBe('unseen');
    expect(isGoodReceipt(checks)).toBe(true);
  });

  it('of a failed relay costs nothing', () => {
    const nothing = { heldTokenSeconds: 0n, refundTokenSeconds: 0n, owedTokenSeconds: 2_500n };
    const failed = { ...RIGHT, ...nothing, finish: 4, cu: 0n, totalCu: BEFORE, charged: 0n };
    const totalCharged = chargeOf(BEFORE, session.price);
    expect(check({ ...failed, totalCharged })).toEqual([]);
    expect(check({ ...failed, totalCharged, heldTokenSeconds: 3_000n })).toEqual(['sums']);
    expect(check({ ...RIGHT, ...nothing, finish: 4 })).toEqual(['sums']);
  });
});

describe('a receipt from before there were holds', () => {
  const plain = { heldTokens: 0, heldTokenSeconds: 0n, refundTokenSeconds: 0n };
  const old: Receipt = { ...RIGHT, ...plain, ...again(plain) };
  const before = beforeHolds(old);
  if (before === null) throw new Error('it says nothing of holds');
  const signature = signDigest(KEY, digestOf(domain, RECEIPT_BEFORE_HOLDS, before));
  const terms = { ...TERMS, maxCu: old.cu };

  it('is verified by the form in which it was signed', () => {
    expect(wrongIn(verifyReceipt({ receipt: old, signature }, terms, recoverOffline))).toEqual([]);
  });

  it('says nothing that the form could not', () => {
    for (const over of [{ heldTokens: 1 }, { refundTokenSeconds: 1n }, { owedTokenSeconds: 1n }]) {
      const receipt = { ...old, ...over };
      expect(beforeHolds(receipt)).toBeNull();
      expect(wrongIn(verifyReceipt({ receipt, signature }, terms, recoverOffline))).toContain(
        'signature',
      );
    }
  });
});

describe('a changed receipt', () => {
  it('is noticed, whichever field was changed after it was signed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(RECEIPT.fields)),
        fc.integer({ min: 1, max: 200 }),
        (name, by) => {
          const changed = Object.fromEntries(
            Object.entries(RIGHT).map(([key, value]) => [
              key,
              key === name ? other(value, by) : value,
            ]),
          );
          const receipt = { ...RIGHT, ...changed };
          const { signature } = signed(RIGHT);
          expect(wrongIn(verifyReceipt({ receipt, signature }, TERMS, recoverOffline))).toContain(
            'signature',
          );
        },
      ),
    );
  });

  it.each<readonly [ReceiptCheck['name'], Partial<Receipt>]>([
    ['session', { session: ZERO_WORD }],
    ['request', { ref: ZERO_WORD }],
    ['model', { modelSha256: ZERO_WORD }],
    ['response', { responseHash: ZERO_WORD }],
    ['sums', { cu: cu - 1n }],
    ['sums', { totalCu: RIGHT.totalCu + 5n }],
    ['sums', { totalCharged: RIGHT.totalCharged + 1n }],
    ['sums', { totalCharged: RIGHT.totalCharged + 1n, charged: RIGHT.charged + 1n }],
    ['sums', { charged: RIGHT.charged + 1n }],
    ['sums', { charged: RIGHT.charged - 1n }],
    ['sums', { outputTokens: 51 }],
    ['sums', { heldTokenSeconds: 4_000n }],
    ['sums', { heldTokens: 20 }],
    ['sums', { refundTokenSeconds: 1_000n }],
    ['sums', { owedTokenSeconds: 1n }],
    ['sums', { ...again({ heldTokenSeconds: 0n }), finish: 5 }],
    ['sums', again({ cachedTokens: 29 })],
    ['sums', again({ heldTokenSeconds: 3_001n })],
    ['sums', again({ heldTokenSeconds: 150n * 601n })],
    ['sums', again({ refundTokenSeconds: 2n ** 40n })],
    ['sums', { ...again({}), finish: 2 }],
    ['sums', moreCachedThanRead()],
  ])('and signed again, is wrong in its %s', (name, over) => {
    expect(check({ ...RIGHT, ...over }, { ...TERMS, maxCu: 2n * cu })).toEqual([name]);
  });

  it('must not be charged beyond what was allowed, or total less than itself', () => {
    const beyond = { ...TERMS, maxCu: cu - 1n };
    expect(check(RIGHT, beyond)).toEqual(['limit']);
    expect(isGoodReceipt(verifyReceipt(signed(RIGHT), beyond, recoverOffline))).toBe(false);
    const terms = { weights: DEFAULT_WEIGHTS, price: session.price };
    expect(receiptFault({ ...RIGHT, totalCu: cu - 1n }, terms)).toMatch(/below its own/);
    const alone = { totalCu: cu, charged: chargeOf(cu, session.price) };
    expect(receiptFault({ ...RIGHT, ...alone, totalCharged: alone.charged }, terms)).toBeNull();
    expect(receiptFault({ ...RIGHT, cachedTokens: 100, cu: 0n }, terms)).not.toMatch(/cached/);
  });
});

function other(value: string | number | bigint, by: number): string | number | bigint {
  if (typeof value === 'number') return (value + by) % 256;
  if (typeof value === 'bigint') return value + BigInt(by);
  return `0x${by.toString(16).padStart(value.length - 2, '0')}`;
}
