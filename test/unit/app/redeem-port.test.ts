import { expect, it } from 'vitest';
import { keyOf } from '../../../electron/app/redeem-port.ts';
import type { RedeemBatch } from '../../../electron/market/ports.ts';

const word = (digit: string) => `0x${digit.repeat(64)}` as const;
const address = (digit: string) => `0x${digit.repeat(40)}` as const;

function batch(amounts: readonly (readonly [string, bigint])[]): RedeemBatch {
  return {
    supplier: address('1'),
    service: word('2'),
    epoch: 7,
    rows: amounts.map(([application, amount]) => ({
      application: address(application),
      price: 5n,
      draw: 0,
      cumulative: 100n,
      amount,
      ref: word('3'),
      signature: `0x${'4'.repeat(128)}`,
    })),
  };
}

it('is the same for the same rows, and for no others of the same sum', () => {
  const one = keyOf(
    batch([
      ['a', 1n],
      ['b', 2n],
    ]),
  );
  expect(
    keyOf(
      batch([
        ['a', 1n],
        ['b', 2n],
      ]),
    ),
  ).toBe(one);
  expect(
    keyOf(
      batch([
        ['a', 2n],
        ['b', 1n],
      ]),
    ),
  ).not.toBe(one);
  expect(
    keyOf(
      batch([
        ['a', 2n],
        ['c', 1n],
      ]),
    ),
  ).not.toBe(one);
  expect(one.length).toBeLessThanOrEqual(256);
});
