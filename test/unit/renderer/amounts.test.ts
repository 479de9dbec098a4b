/** Amounts of money as text: every digit right, limits never too low, holdings never too high. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAmount,
  formatFlow,
  formatGuess,
  formatLimit,
  formatUnits,
} from '../../../renderer/format/amounts.ts';

const PRAC = { symbol: 'PRAC', decimals: 6 };

const anyUnits = fc.bigInt({ min: 0n, max: 2n ** 96n - 1n });
const anyDecimals = fc.integer({ min: 0, max: 18 });

/** What a text stands for, in token units. */
function unitsOf(text: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = text.replaceAll(',', '').split('.');
  return BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, '0') || '0');
}

/** Digits from the first one that is not zero to the last. */
function significant(text: string): number {
  return text.replace(/[.,]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
}

describe('amounts', () => {
  it.each([
    [0n, '0 PRAC'],
    [1n, '0.000001 PRAC'],
    [126n, '0.000126 PRAC'],
    [1_000_000n, '1 PRAC'],
    [1_234_567_890n, '1,234.56789 PRAC'],
    [2n ** 96n - 1n, '79,228,162,514,264,337,593,543.950335 PRAC'],
    [-126n, '−0.000126 PRAC'],
  ])('writes %d units as %s', (units, text) => {
    expect(formatAmount(units, PRAC)).toBe(text);
  });

  it('writes whole tokens when there is nothing smaller', () => {
    expect(formatUnits(1_234n, 0)).toBe('1,234');
  });

  it('loses nothing: the text stands for the same units', () => {
    fc.assert(
      fc.property(anyUnits, anyDecimals, (units, decimals) => {
        expect(unitsOf(formatUnits(units, decimals), decimals)).toBe(units);
      }),
    );
  });

  it('groups whole tokens by three, and writes no zero too many', () => {
    fc.assert(
      fc.property(anyUnits, anyDecimals, (units, decimals) => {
        expect(formatUnits(units, decimals)).toMatch(/^(0|[1-9]\d{0,2}(,\d{3})*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it('says which way money went', () => {
    expect(formatFlow(126n, PRAC, 'in')).toBe('+0.000126 PRAC');
    expect(formatFlow(126n, PRAC, 'out')).toBe('−0.000126 PRAC');
  });
});

describe('limits and guesses', () => {
  it.each([
    [4_203n, '0.00421 PRAC', '0.0042'],
    [4_200n, '0.0042 PRAC', '0.0042'],
    [9_999n, '0.01 PRAC', '0.0099'],
    [12_345_678n, '12.4 PRAC', '12'],
    [1_234_567_890n, '1,235 PRAC', '1,234'],
    [7n, '0.000007 PRAC', '0.000007'],
  ])('writes a limit of %d units as %s and a guess as %s', (units, limit, guess) => {
    expect(formatLimit(units, PRAC)).toBe(limit);
    expect(formatGuess(units, PRAC)).toBe(guess);
  });

  it('never shows a limit below the most that can be charged, nor one per cent above it', () => {
    fc.assert(
      fc.property(anyUnits, anyDecimals, (units, decimals) => {
        const text = formatLimit(units, { symbol: '', decimals }).trim();
        const shown = unitsOf(text, decimals);
        expect(shown >= units).toBe(true);
        // One whole token is the coarsest step, however large the amount.
        const step = 10n ** BigInt(decimals);
        expect((shown - units) * 100n <= units || shown - units < step).toBe(true);
      }),
    );
  });

  it('keeps to the digits that mean something below one token', () => {
    const small = fc.bigInt({ min: 1n, max: 10n ** 18n - 1n });
    fc.assert(
      fc.property(small, (units) => {
        const asset = { symbol: '', decimals: 18 };
        expect(significant(formatLimit(units, asset).trim())).toBeLessThanOrEqual(3);
        const guess = formatGuess(units, asset);
        expect(significant(guess)).toBeLessThanOrEqual(2);
        expect(unitsOf(guess, 18) <= units).toBe(true);
      }),
    );
  });
});
