/** Private keys as bytes: made and checked. */
import type { Random } from '../platform/random.ts';

export const KEY_BYTES = 32;
/** The order of secp256k1: a private key is a number from 1 up to, not including, this one. */
const ORDER = Buffer.from(
  'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141',
  'hex',
);

export function isPrivateKey(bytes: Uint8Array): boolean {
  return (
    bytes.length === KEY_BYTES &&
    bytes.some((byte) => byte !== 0) &&
    Buffer.compare(bytes, ORDER) < 0
  );
}

export function makePrivateKey(random: Pick<Random, 'bytes'>): Uint8Array {
  for (;;) {
    const key = random.bytes(KEY_BYTES);
    if (isPrivateKey(key)) return key;
  }
}
