/** Signs and recovers with tiny-secp256k1 (libsecp256k1 as WebAssembly): the fast way, for every relay. */
import { pointFromScalar, recover, signRecoverable } from 'tiny-secp256k1';
import { fromHex, toHex, type Hex } from '../protocol/hex.ts';
import { keccakHex } from '../protocol/typed-data.ts';
import { splitSignature } from './compact-signature.ts';

const KEY_BYTES = 32;
const ADDRESS_CHARS = 40;
const PARITY_BIT = 0x80;

/**
 * Deterministic (RFC 6979) and low-s.
 * @param key 32 bytes; not kept
 * @returns ERC-2098, 64 bytes
 * @throws RangeError for what is no key
 */
export function signDigest(key: Uint8Array, digest: Uint8Array): Hex {
  if (key.length !== KEY_BYTES) throw new RangeError('a key has 32 bytes');
  const { signature, recoveryId } = signRecoverable(digest, key);
  const compact = Uint8Array.from(signature);
  if ((recoveryId & 1) === 1) compact[KEY_BYTES] = (compact[KEY_BYTES] ?? 0) | PARITY_BIT;
  return toHex(compact);
}

/** @param key 32 bytes; not kept @returns lower case @throws RangeError for what is no key */
export function addressOfKey(key: Uint8Array): Hex {
  const point = key.length === KEY_BYTES ? pointFromScalar(key, false) : null;
  if (point === null) throw new RangeError('this is no private key');
  return addressOf(point);
}

/** @returns the signer's address in lower case, null for what is no low-s signature of anybody */
export function recoverSigner(digest: Uint8Array, signature: Hex): Hex | null {
  const parts = splitSignature(fromHex(signature));
  if (parts === null) return null;
  try {
    const point = recover(digest, parts.rs, parts.parity, false);
    return point === null ? null : addressOf(point);
  } catch {
    // The library throws for numbers outside the curve's order, which nobody can have signed.
    return null;
  }
}

/** @param point uncompressed, 65 bytes */
function addressOf(point: Uint8Array): Hex {
  return `0x${keccakHex(point.subarray(1)).slice(-ADDRESS_CHARS)}`;
}
