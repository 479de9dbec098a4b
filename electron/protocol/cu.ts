/** Compute units and what they cost: whole numbers only, so that both sides come to the same unit. */
import type { Hex } from './hex.ts';
import { defineStruct, hashStruct } from './typed-data.ts';
import { toHex } from './hex.ts';

/** Milli-CU per token, and per token held for a second; fixed by the listing of a Service. */
export interface CuWeights {
  readonly promptMilli: number;
  readonly cachedMilli: number;
  readonly outputMilli: number;
  readonly heldMilli: number;
}

/** What a relay used. */
export interface CuUsage {
  /** Tokens of the prompt, cached ones included. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly heldTokenSeconds: bigint;
}

/** A cached token costs a quarter of a read one, a written token three times as much. */
export const DEFAULT_WEIGHTS: CuWeights = {
  promptMilli: 1_000,
  cachedMilli: 250,
  outputMilli: 3_000,
  heldMilli: 1,
};

const MILLI = 1_000n;
/** Prices are per so many CU. */
export const PRICE_CU = 1_000_000n;

export const WEIGHTS = defineStruct('CuWeights', {
  promptMilli: 'uint32',
  cachedMilli: 'uint32',
  outputMilli: 'uint32',
  heldMilli: 'uint32',
});

export function weightsHash(weights: CuWeights): Hex {
  return toHex(hashStruct(WEIGHTS, { ...weights }));
}

/** CU of one relay, rounded down. */
export function cuOf(weights: CuWeights, usage: CuUsage): bigint {
  const uncached = usage.promptTokens - usage.cachedTokens;
  const milli =
    BigInt(weights.promptMilli) * BigInt(uncached) +
    BigInt(weights.cachedMilli) * BigInt(usage.cachedTokens) +
    BigInt(weights.outputMilli) * BigInt(usage.outputTokens) +
    BigInt(weights.heldMilli) * usage.heldTokenSeconds;
  return milli / MILLI;
}

/**
 * What a whole session costs, rounded down once: a relay is charged the difference between two of these.
 * @param price token units per 1,000,000 CU
 * @returns token units
 */
export function chargeOf(totalCu: bigint, price: bigint): bigint {
  return (totalCu * price) / PRICE_CU;
}

/** Most tokens that may still be written within `maxCu`; negative when the prompt alone is more. */
export function outputRoom(
  weights: CuWeights,
  prompt: { readonly promptTokens: number; readonly cachedTokens: number },
  maxCu: bigint,
): number {
  const spent = cuOf(weights, { ...prompt, outputTokens: 0, heldTokenSeconds: 0n });
  if (spent > maxCu) return -1;
  if (weights.outputMilli === 0) return Number.MAX_SAFE_INTEGER;
  return Number(((maxCu - spent) * MILLI) / BigInt(weights.outputMilli));
}
