/** Values as JSON-RPC nodes write them, and the schemas that check them. */
import { z } from 'zod';
import type { Hex } from '../protocol/hex.ts';

function matching(pattern: RegExp): z.ZodType<Hex> {
  return z.custom<Hex>((value) => typeof value === 'string' && pattern.test(value));
}

/** Nodes may answer with a checksum's capitals; inside Lull there are none. */
function lowered(pattern: RegExp) {
  return matching(pattern).transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
}

export const dataSchema = lowered(/^0x(?:[0-9a-f]{2})*$/i);
export const hashSchema = lowered(/^0x[0-9a-f]{64}$/i);
export const addressSchema = lowered(/^0x[0-9a-f]{40}$/i);

/** A whole number as the bigint that it is. */
export const quantitySchema = matching(/^0x[0-9a-f]{1,64}$/i).transform((text) => BigInt(text));

/** As `quantitySchema`, for what a `number` holds exactly: nonces, block numbers, gas. */
export const countSchema = quantitySchema
  .refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER))
  .transform(Number);

export function toQuantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}
