/** ERC-2098 signatures taken apart: r, s, and the parity of y in the highest bit of s. */

const SIGNATURE_BYTES = 64;
const WORD_BYTES = 32;
const PARITY_BIT = 0x80;
/** Half the order of secp256k1; a higher s is the same signature written a second way. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

export interface SignatureParts {
  /** r and s, 64 bytes. */
  readonly rs: Uint8Array;
  readonly parity: 0 | 1;
}

/** @returns null unless it has 64 bytes and a low s */
export function splitSignature(bytes: Uint8Array): SignatureParts | null {
  if (bytes.length !== SIGNATURE_BYTES) return null;
  const rs = Uint8Array.from(bytes);
  const high = rs[WORD_BYTES] ?? 0;
  rs[WORD_BYTES] = high & ~PARITY_BIT;
  if (isHigh(rs.subarray(WORD_BYTES))) return null;
  return { rs, parity: (high & PARITY_BIT) === 0 ? 0 : 1 };
}

function isHigh(s: Uint8Array): boolean {
  // Nearly every s is told apart by its first byte: below 0x7f it is low.
  if ((s[0] ?? 0) < 0x7f) return false;
  const value = s.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return value > HALF_ORDER;
}
