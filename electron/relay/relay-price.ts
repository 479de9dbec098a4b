/** The most that a relay can cost, known before it is sent and without the model's tokenizer. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { PRICE_CU } from '../protocol/cu.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import { MAX_OUTPUT_TOKENS } from '../protocol/wire-relay.ts';
import type { RelayQuestion } from './ports.ts';

/** Tokens that a chat template may put around one turn. */
const TURN_TOKENS = 16;
/** Tokens that it may add once: begin marks, a system prompt of its own, the answer's opening. */
const TEMPLATE_TOKENS = 128;
const MILLI = 1_000n;

export interface RelayPrice {
  readonly maxCu: bigint;
  /** Token units, rounded up: what this relay can add to a session at most. */
  readonly maxCharge: bigint;
  /** Tokens of the answer at most. */
  readonly maxTokens: number;
  /** Tokens that the prompt can have at most. */
  readonly promptTokens: number;
}

/** A token has one byte at least, so a prompt has no more tokens than bytes, its template aside. */
export function priceOf(request: RelayQuestion, model: ServedModel): RelayPrice {
  const { weights, price, contextTokens } = model;
  const textBytes = request.turns.reduce((sum, { text }) => sum + utf8ToBytes(text).length, 0);
  // Not bounded by the context: a Supplier whose engine has not run yet announces less than it may turn out to have.
  const promptTokens = textBytes + TURN_TOKENS * request.turns.length + TEMPLATE_TOKENS;
  const wanted = request.maxTokens ?? contextTokens;
  const maxTokens = Math.max(1, Math.min(wanted, contextTokens, MAX_OUTPUT_TOKENS));
  // A listing may well ask more for a cached token than for one that is read.
  const promptMilli = BigInt(Math.max(weights.promptMilli, weights.cachedMilli));
  const holdMilli = BigInt(weights.heldMilli) * BigInt(request.holdSeconds ?? 0);
  const milli =
    (promptMilli + holdMilli) * BigInt(promptTokens) +
    (BigInt(weights.outputMilli) + holdMilli) * BigInt(maxTokens);
  const maxCu = roundUp(milli, MILLI);
  return { maxCu, maxCharge: roundUp(maxCu * price, PRICE_CU), maxTokens, promptTokens };
}

function roundUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
