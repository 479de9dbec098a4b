/** Recovers signers with @noble/curves: for checking receipts anywhere, by code that signed none of them. */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { fromHex, type Hex } from '../protocol/hex.ts';
import { keccakHex } from '../protocol/typed-data.ts';

const SIGNATURE_BYTES = 64;
const ADDRESS_CHARS = 40;

/** @returns the signer's address in lower case, null for what is no low-s signature of anybody */
export function recoverOffline(digest: Uint8Array, signature: Hex): Hex | null {
  const bytes = fromHex(signature);
  if (bytes.length !== SIGNATURE_BYTES) return null;
  const parity = (bytes[32] ?? 0) >> 7;
  bytes[32] = (bytes[32] ?? 0) & 0x7f;
  try {
    const parsed = secp256k1.Signature.fromBytes(bytes).addRecoveryBit(parity);
    if (parsed.hasHighS()) return null;
    const point = parsed.recoverPublicKey(digest).toBytes(false);
    return `0x${keccakHex(point.subarray(1)).slice(-ADDRESS_CHARS)}`;
  } catch {
    // The library throws for numbers outside the curve's order, which nobody can have signed.
    return null;
  }
}
