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
  /** Of the cached ones, those that an earlier relay paid to keep: they cost nothing again. Left out, none. */
  readonly heldTokens?: number;
  readonly outputTokens: number;
  /** Bought for the time after it. */
  readonly heldTokenSeconds: bigint;
  /** Given back for what was paid for and not kept. Left out, none. */
  readonly refundTokenSeconds?: bigint;
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

/** Milli-CU of one relay before anything is given back. */
export function milliOf(weights: CuWeights, usage: CuUsage): bigint {
  const uncached = usage.promptTokens - usage.cachedTokens;
  const cached = usage.cachedTokens - (usage.heldTokens ?? 0);
  return (
    BigInt(weights.promptMilli) * BigInt(uncached) +
    BigInt(weights.cachedMilli) * BigInt(cached) +
    BigInt(weights.outputMilli) * BigInt(usage.outputTokens) +
    BigInt(weights.heldMilli) * usage.heldTokenSeconds
  );
}

/** CU of one relay, rounded down, less what is given back; never below zero. */
export function cuOf(weights: CuWeights, usage: CuUsage): bigint {
  const refundMilli = BigInt(weights.heldMilli) * (usage.refundTokenSeconds ?? 0n);
  const milli = milliOf(weights, usage) - refundMilli;
  return milli > 0n ? milli / MILLI : 0n;
}

/** How much of what is owed a relay's own cost takes off at once, and how much is left for the next one. */
export function takeRefund(
  weights: CuWeights,
  grossMilli: bigint,
  owed: bigint,
): { readonly refundTokenSeconds: bigint; readonly owedTokenSeconds: bigint } {
  const heldMilli = BigInt(weights.heldMilli);
  const most = heldMilli === 0n ? owed : grossMilli / heldMilli;
  const refundTokenSeconds = most < owed ? most : owed;
  return { refundTokenSeconds, owedTokenSeconds: owed - refundTokenSeconds };
}

/**
 * What a whole session costs, rounded down once: a relay is charged the difference between two of these.
 * @param price token units per 1,000,000 CU
 * @returns token units
 */
export function chargeOf(totalCu: bigint, price: bigint): bigint {
  return (totalCu * price) / PRICE_CU;
}

/**
 * Most tokens that may still be written within `maxCu`; negative when the prompt alone is more.
 * @param holdSeconds for which prompt and answer are kept afterwards
 */
export function outputRoom(
  weights: CuWeights,
  prompt: Pick<CuUsage, 'promptTokens' | 'cachedTokens' | 'heldTokens'>,
  maxCu: bigint,
  holdSeconds = 0,
): number {
  const heldTokenSeconds = BigInt(prompt.promptTokens) * BigInt(holdSeconds);
  const spent = cuOf(weights, { ...prompt, outputTokens: 0, heldTokenSeconds });
  if (spent > maxCu) return -1;
  const perToken = BigInt(weights.outputMilli) + BigInt(weights.heldMilli) * BigInt(holdSeconds);
  if (perToken === 0n) return Number.MAX_SAFE_INTEGER;
  return Number(((maxCu - spent) * MILLI) / perToken);
}
