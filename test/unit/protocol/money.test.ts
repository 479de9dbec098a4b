/** Compute units and charges: exact, monotone, and the same however a session is cut into relays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeOf,
  cuOf,
  outputRoom,
  takeRefund,
  type CuUsage,
  type CuWeights,
} from '../../../electron/protocol/cu.ts';
import { uint, uint32 } from '../../fakes/arbitrary-protocol.ts';

const weights: fc.Arbitrary<CuWeights> = fc.record({
  promptMilli: uint32,
  cachedMilli: uint32,
  outputMilli: uint32,
  heldMilli: uint32,
});
const tokens = fc.nat(10_000_000);
const usage: fc.Arbitrary<CuUsage> = fc
  .record({ promptTokens: tokens, share: fc.nat(100), outputTokens: tokens, held: uint(40) })
  .map(({ promptTokens, share, outputTokens, held }) => ({
    promptTokens,
    cachedTokens: Math.floor((promptTokens * share) / 100),
    outputTokens,
    heldTokenSeconds: held,
  }));
const price = uint(60);
const cu = uint(60);

describe('compute units', () => {
  it('are weighed sums of tokens, rounded down', () => {
    const usual = { promptMilli: 1_000, cachedMilli: 250, outputMilli: 3_000, heldMilli: 1 };
    const used = { promptTokens: 11, cachedTokens: 5, outputTokens: 7, heldTokenSeconds: 749n };
    expect(cuOf(usual, used)).toBe(28n);
    expect(cuOf(usual, { ...used, heldTokenSeconds: 750n })).toBe(29n);
    expect(cuOf(usual, { ...used, heldTokens: 5, heldTokenSeconds: 0n })).toBe(27n);
    expect(cuOf(usual, { ...used, heldTokenSeconds: 0n, refundTokenSeconds: 1_251n })).toBe(26n);
    expect(cuOf(usual, { ...used, refundTokenSeconds: 1_000_000n })).toBe(0n);
  });

  it('leave no room when the prompt alone is too dear, by one unit too', () => {
    const usual = { promptMilli: 1_000, cachedMilli: 250, outputMilli: 3_000, heldMilli: 1 };
    const prompt = { promptTokens: 11, cachedTokens: 0 };
    expect(outputRoom(usual, prompt, 10n)).toBeLessThan(0);
    expect(outputRoom(usual, prompt, 11n)).toBe(0);
    expect(outputRoom(usual, prompt, 14n)).toBe(1);
  });

  it('leave less room when prompt and answer are kept', () => {
    const usual = { promptMilli: 1_000, cachedMilli: 250, outputMilli: 3_000, heldMilli: 1 };
    const prompt = { promptTokens: 10, cachedTokens: 4, heldTokens: 4 };
    expect(outputRoom(usual, prompt, 6n, 100)).toBeLessThan(0);
    expect(outputRoom(usual, prompt, 7n, 100)).toBe(0);
    expect(outputRoom(usual, prompt, 7n + 6n, 100)).toBe(1);
    expect(outputRoom(usual, prompt, 7n + 7n, 100)).toBe(2);
  });

  it('are lowered by what is owed as far as they go, and the rest stays owed', () => {
    const usual = { promptMilli: 1_000, cachedMilli: 250, outputMilli: 3_000, heldMilli: 4 };
    expect(takeRefund(usual, 1_000n, 249n)).toEqual({
      refundTokenSeconds: 249n,
      owedTokenSeconds: 0n,
    });
    expect(takeRefund(usual, 1_003n, 251n)).toEqual({
      refundTokenSeconds: 250n,
      owedTokenSeconds: 1n,
    });
    expect(takeRefund(usual, 0n, 5n)).toEqual({ refundTokenSeconds: 0n, owedTokenSeconds: 5n });
    expect(takeRefund({ ...usual, heldMilli: 0 }, 0n, 5n).owedTokenSeconds).toBe(0n);
  });

  it('never shrink when more is used', () => {
    fc.assert(
      fc.property(weights, usage, tokens, (by, used, more) => {
        const before = cuOf(by, used);
        expect(
          cuOf(by, { ...used, outputTokens: used.outputTokens + more }),
        ).toBeGreaterThanOrEqual(before);
        expect(
          cuOf(by, { ...used, promptTokens: used.promptTokens + more }),
        ).toBeGreaterThanOrEqual(before);
        expect(before).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it('leave room for exactly as many tokens as still fit', () => {
    fc.assert(
      fc.property(weights, usage, cu, (by, { promptTokens, cachedTokens }, maxCu) => {
        const prompt = { promptTokens, cachedTokens };
        const room = outputRoom(by, prompt, maxCu);
        const cost = (outputTokens: number) =>
          cuOf(by, { ...prompt, outputTokens, heldTokenSeconds: 0n });
        if (room < 0) {
          expect(cost(0)).toBeGreaterThan(maxCu);
        } else if (by.outputMilli > 0 && room < Number.MAX_SAFE_INTEGER) {
          expect(cost(room)).toBeLessThanOrEqual(maxCu);
        }
      }),
    );
  });
});

describe('charges', () => {
  it('of the relays of a session add up to the session, in any order', () => {
    fc.assert(
      fc.property(fc.array(cu, { maxLength: 20 }), price, (relays, at) => {
        let totalCu = 0n;
        let charged = 0n;
        for (const each of relays) {
          const before = chargeOf(totalCu, at);
          totalCu += each;
          charged += chargeOf(totalCu, at) - before;
        }
        expect(charged).toBe(
          chargeOf(
            relays.reduce((sum, each) => sum + each, 0n),
            at,
          ),
        );
      }),
    );
  });

  it('never pass the voucher that covers their maxima', () => {
    fc.assert(
      fc.property(
        cu,
        fc.array(fc.tuple(cu, fc.nat(100)), { maxLength: 8 }),
        price,
        (settled, relays, at) => {
          const maxima = relays.reduce((sum, [max]) => sum + max, 0n);
          const used = relays.reduce((sum, [max, share]) => sum + (max * BigInt(share)) / 100n, 0n);
          expect(chargeOf(settled + used, at)).toBeLessThanOrEqual(chargeOf(settled + maxima, at));
        },
      ),
    );
  });

  it('round down once', () => {
    expect(chargeOf(999_999n, 1n)).toBe(0n);
    expect(chargeOf(1_000_000n, 1n)).toBe(1n);
    expect(chargeOf(5n, 200_000n)).toBe(1n);
    expect(chargeOf(4n, 200_000n)).toBe(0n);
  });
});
