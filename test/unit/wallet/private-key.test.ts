import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createKeySigner,
  isPrivateKey,
  makePrivateKey,
} from '../../../electron/wallet/private-key.ts';
import { toHex } from '../../../electron/protocol/hex.ts';
import { createCountedRandom } from '../../fakes/counted-random.ts';
import { addressOf } from '../../fakes/ledger-values.ts';

const ORDER = secp256k1.Point.Fn.ORDER;

function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex'));
}

describe('a private key', () => {
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

  it('signs by the bytes that it was given, and not after they were wiped', async () => {
    const key = bytesOf(5n);
    const signer = createKeySigner(key, {
      addressOf: () => addressOf(9),
      signDigest: (used, digest) => {
        if (!isPrivateKey(used)) throw new Error('no key');
        return `0x${toHex(used).slice(2)}${toHex(digest).slice(2)}`;
      },
    });
    const digest = bytesOf(7n);
    expect(signer.address).toBe(addressOf(9));
    expect(await signer.sign(digest)).toBe(`${toHex(key)}${toHex(digest).slice(2)}`);
    expect(JSON.stringify(signer)).not.toContain(toHex(key).slice(2));
    key.fill(0);
    await expect(signer.sign(digest)).rejects.toThrow('no key');
  });
});
