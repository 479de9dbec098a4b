/** Receipts: the Supplier's signature over what was served and charged. */
import { chargeOf, cuOf, type CuWeights } from './cu.ts';
import type { Hex } from './hex.ts';
import { defineStruct, type Values } from './typed-data.ts';

export const RECEIPT = defineStruct('Receipt', {
  session: 'bytes32',
  /** Hash of the relay request. */
  ref: 'bytes32',
  /** Counts the receipts of a session from 1, in the order in which relays were settled. */
  sequence: 'uint32',
  /** Of the voucher that came with the request. */
  cumulative: 'uint96',
  responseHash: 'bytes32',
  modelSha256: 'bytes32',
  profile: 'bytes32',
  promptTokens: 'uint32',
  cachedTokens: 'uint32',
  outputTokens: 'uint32',
  heldTokenSeconds: 'uint64',
  cu: 'uint64',
  /** Of all receipts of the session up to this one. */
  totalCu: 'uint64',
  charged: 'uint96',
  totalCharged: 'uint96',
  finish: 'uint8',
  queuedMs: 'uint32',
  /** From arrival to the first token; 0 when there was none. */
  firstTokenMs: 'uint32',
  totalMs: 'uint32',
  endedAtMs: 'uint64',
});

export type Receipt = Values<typeof RECEIPT.fields>;

export interface SignedReceipt {
  readonly receipt: Receipt;
  /** ERC-2098, 64 bytes. */
  readonly signature: Hex;
}

/** How an answer ended, by its number on the wire. A failed one is never charged. */
export const FINISHES = ['stop', 'length', 'cancelled', 'deadline', 'failed'] as const;
export type Finish = (typeof FINISHES)[number];

export function finishNumber(finish: Finish): number {
  return FINISHES.indexOf(finish);
}

/** Null for a number that no finish has. */
export function finishOf(number: number): Finish | null {
  return FINISHES[number] ?? null;
}

/** What the receipt claims about money, recomputed; null when all of it holds. */
export function receiptFault(
  receipt: Receipt,
  terms: { readonly weights: CuWeights; readonly price: bigint },
): string | null {
  if (receipt.cachedTokens > receipt.promptTokens) return 'more cached tokens than prompt tokens';
  if (finishOf(receipt.finish) === null) return 'an unknown finish';
  const isFailed = finishOf(receipt.finish) === 'failed';
  const cu = isFailed ? 0n : cuOf(terms.weights, receipt);
  if (receipt.cu !== cu) return 'compute units that do not follow from its token counts';
  if (receipt.totalCu < receipt.cu) return 'a total below its own compute units';
  if (receipt.totalCharged !== chargeOf(receipt.totalCu, terms.price)) {
    return 'a total that does not follow from compute units and price';
  }
  const before = chargeOf(receipt.totalCu - receipt.cu, terms.price);
  if (receipt.charged !== receipt.totalCharged - before) return 'a charge that does not add up';
  return null;
}
