import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeQ8Row,
  fromHalfBits,
  Q8_0_BLOCK_BYTES,
  toHalfBits,
} from '../../../electron/models/q8-0.ts';

const POSITIVE_HALVES = Array.from({ length: 0x7c00 }, (_, bits) => fromHalfBits(bits));

function nearestHalf(value: number): number {
  let low = 0;
  let high = POSITIVE_HALVES.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((POSITIVE_HALVES[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  const below = value - (POSITIVE_HALVES[low] ?? 0);
  const above = (POSITIVE_HALVES[high] ?? 0) - value;
  if (below === above) return low % 2 === 0 ? low : high;
  return below < above ? low : high;
}

describe('half precision', () => {
  it('keeps every half that there is', () => {
    for (let bits = 0; bits <= 0xffff; bits += 1) {
      const value = fromHalfBits(bits);
      if (Number.isNaN(value)) expect(fromHalfBits(toHalfBits(value))).toBeNaN();
      else if (toHalfBits(value) !== bits) expect.fail(`${String(bits)} became another half`);
    }
  });

  it.each([
    ['one', 1, 0x3c00],
    ['the smallest subnormal', 2 ** -24, 0x0001],
    ['half of it, a tie to even', 2 ** -25, 0x0000],
    ['a little more than half of it', 2 ** -25 * 1.0001, 0x0001],
    ['three halves of it, a tie to even', 1.5 * 2 ** -24, 0x0002],
    ['the largest subnormal, rounded up into the normals', 2 ** -14 - 2 ** -26, 0x0400],
    ['a tie between normals', 1 + 2 ** -11, 0x3c00],
    ['the next tie', 1 + 3 * 2 ** -11, 0x3c02],
    ['a carry into the exponent', 2 - 2 ** -12, 0x4000],
    ['the largest', 65504, 0x7bff],
    ['just below overflow', 65519.99, 0x7bff],
    ['overflow', 65520, 0x7c00],
    ['minus zero', -0, 0x8000],
  ])('rounds %s', (_, value, bits) => {
    expect(toHalfBits(value)).toBe(bits);
  });

  it('is the nearest half, ties to even', () => {
    const values = fc.oneof(
      fc.double({ min: 0, max: 65504, noNaN: true }),
      fc.double({ min: 0, max: 2 ** -13, noNaN: true }),
      fc
        .integer({ min: 0, max: 0x7bfe })
        .map((bits) => (fromHalfBits(bits) + fromHalfBits(bits + 1)) / 2),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(toHalfBits(value)).toBe(nearestHalf(value));
        expect(toHalfBits(-value) & 0x7fff).toBe(toHalfBits(value));
      }),
      { numRuns: 2000 },
    );
  });
});

function decode(block: Uint8Array): number[] {
  const view = new DataView(block.buffer);
  const scale = fromHalfBits(view.getUint16(0, true));
  return Array.from({ length: 32 }, (_, index) => view.getInt8(2 + index) * scale);
}

const weights = fc
  .tuple(
    fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 32, maxLength: 32 }),
    fc.integer({ min: -4, max: 10 }),
  )
  .map(([values, power]) => Float32Array.from(values, (value) => value * 2 ** power));

describe('Q8_0', () => {
  it('is off by at most half a step of its block', () => {
    fc.assert(
      fc.property(weights, (row) => {
        const block = new Uint8Array(Q8_0_BLOCK_BYTES);
        encodeQ8Row(row, block, 0);
        const largest = Math.max(...row.map(Math.abs));
        // Half a step, plus what rounding the scale to a half can take from the largest weight.
        const bound = (largest / 127) * 0.5 + largest * 2 ** -11 + 127 * 2 ** -25;
        decode(block).forEach((value, index) => {
          expect(Math.abs(value - (row[index] ?? NaN))).toBeLessThanOrEqual(bound);
        });
      }),
    );
  });

  it('gives the same block again when its own output is encoded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 32, maxLength: 32 }),
        (quants) => {
          const whole = [...quants.slice(0, 31), 127];
          const row = Float32Array.from(whole, (quant) => quant * 0.25);
          const block = new Uint8Array(Q8_0_BLOCK_BYTES);
          encodeQ8Row(row, block, 0);
          expect(decode(block)).toEqual([...row].map((value) => value + 0));
        },
      ),
    );
  });

  it('writes zeros for zeros, and nothing before its offset', () => {
    const target = new Uint8Array(40).fill(9);
    encodeQ8Row(new Float32Array(32), target, 4);
    expect([...target]).toEqual([9, 9, 9, 9, ...Array<number>(34).fill(0), 9, 9]);
  });

  it.each([
    ['a row that is no whole number of blocks', new Float32Array(33)],
    ['a weight beyond the scale', new Float32Array(32).fill(3e38)],
    ['a weight that is not a number', new Float32Array(32).fill(NaN)],
    ['one infinity', Float32Array.from({ length: 32 }, (_, at) => (at === 7 ? -Infinity : 1))],
  ])('refuses %s', (_, row) => {
    expect(() => {
      encodeQ8Row(row, new Uint8Array(80), 0);
    }).toThrow(RangeError);
  });
});
