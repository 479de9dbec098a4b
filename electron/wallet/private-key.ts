/** Private keys as bytes: made, checked, and lent to whoever signs. */
import type { Random } from '../platform/random.ts';
import type { Hex } from '../protocol/hex.ts';

export const KEY_BYTES = 32;
/** The order of secp256k1: a private key is a number from 1 up to, not including, this one. */
const ORDER = Buffer.from(
  'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141',
  'hex',
);

/** Signs without holding anything; made by an adapter of a secp256k1 library. */
export interface KeyMath {
  /** @returns lower case */
  addressOf(key: Uint8Array): Hex;
  /** @returns ERC-2098, 64 bytes, low s */
  signDigest(key: Uint8Array, digest: Uint8Array): Hex;
}

/** A key that signs and does not show itself. */
export interface Signer {
  /** Lower case. */
  readonly address: Hex;
  /** @param digest 32 bytes */
  sign(digest: Uint8Array): Promise<Hex>;
}

export function isPrivateKey(bytes: Uint8Array): boolean {
  return (
    bytes.length === KEY_BYTES &&
    bytes.some((byte) => byte !== 0) &&
    Buffer.compare(bytes, ORDER) < 0
  );
}

export function makePrivateKey(random: Random): Uint8Array {
  for (;;) {
    const key = random.bytes(KEY_BYTES);
    if (isPrivateKey(key)) return key;
  }
}

/** @param key read at each signature, never copied */
export function createKeySigner(key: Uint8Array, math: KeyMath): Signer {
  return {
    address: math.addressOf(key),
    // Wrapped so that a key which cannot sign rejects and does not throw.
    sign: async (digest) => Promise.resolve(math.signDigest(key, digest)),
  };
}
