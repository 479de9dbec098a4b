import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivateKey, makePrivateKey } from '../../../electron/wallet/private-key.ts';
import { createCountedRandom } from '../../fakes/counted-random.ts';

const ORDER = secp256k1.Point.Fn.ORDER;

function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex'));
}

describe('a private key (security 21)', () => {
  it('is what the curve takes as one', () => {
    for (const number of [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 256n - 1n]) {
      const bytes = bytesOf(number);
      expect(isPrivateKey(bytes)).toBe(secp256k1.utils.isValidSecretKey(bytes));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(isPrivateKey(bytes)).toBe(secp256k1.utils.isValidSecretKey(bytes));
      }),
    );
  });

  it('is drawn again until it is one', () => {
    const drawn = [bytesOf(0n), bytesOf(ORDER), bytesOf(ORDER - 1n)];
    const random = { ...createCountedRandom(), bytes: () => drawn.shift() ?? bytesOf(0n) };
    expect(makePrivateKey(random)).toEqual(bytesOf(ORDER - 1n));
  });
});
