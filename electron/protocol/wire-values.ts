/** Schemas of the values that travel between peers: bounded, and exact where JSON is not. */
import { z } from 'zod';
import type { Hex } from './hex.ts';

const UINT32_MAX = 2 ** 32 - 1;
const MAX_DECIMAL_DIGITS = 29;

/** @param bytes exact length */
function hexOf(bytes: number): z.ZodType<Hex, Hex> {
  const pattern = new RegExp(`^0x[0-9a-f]{${String(bytes * 2)}}$`);
  return z.templateLiteral(['0x', z.string()]).refine((text) => pattern.test(text), {
    error: `expected 0x and ${String(bytes * 2)} lower-case hex digits`,
  });
}

export const hashSchema = hexOf(32);
export const addressSchema = hexOf(20);
/** ERC-2098: r, then s with the parity of y in its highest bit. */
export const signatureSchema = hexOf(64);
export const peerKeySchema = hexOf(32);

/** A bigint in memory, decimal digits on the wire: JSON numbers are exact to 53 bits only. */
function uintOf(bits: number): z.ZodCodec<z.ZodString, z.ZodBigInt> {
  return z.codec(
    z
      .string()
      .max(MAX_DECIMAL_DIGITS)
      .regex(/^(?:0|[1-9]\d*)$/, 'expected a whole number in decimal digits'),
    z
      .bigint()
      .min(0n)
      .max(2n ** BigInt(bits) - 1n),
    { decode: (text) => BigInt(text), encode: (value) => value.toString() },
  );
}

export const uint64Schema = uintOf(64);
export const uint96Schema = uintOf(96);
export const uint32Schema = z.int().min(0).max(UINT32_MAX);
export const uint8Schema = z.int().min(0).max(255);
export const chainIdSchema = uintOf(64);
