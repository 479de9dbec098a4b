/** Receipts: the Supplier's signature over what was served and charged. */
import { chargeOf, cuOf, milliOf, takeRefund, type CuWeights } from './cu.ts';
import { finishOf } from './finish.ts';
import type { Hex } from './hex.ts';
import { isHoldRight } from './hold.ts';
import { defineStruct, type Values } from './typed-data.ts';

const UP_TO_CACHED = {
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
} as const;

const FROM_CU = {
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
} as const;

export const RECEIPT = defineStruct('Receipt', {
  ...UP_TO_CACHED,
  /** Of the cached ones, those that an earlier relay of the session paid to keep. */
  heldTokens: 'uint32',
  outputTokens: 'uint32',
  /** Bought for the time after this relay: all of its tokens times the seconds; 0 when nothing was bought. */
  heldTokenSeconds: 'uint64',
  /** Taken off this receipt for what was bought and not found. */
  refundTokenSeconds: 'uint64',
  /** Still to be taken off the receipts that follow in this session. */
  owedTokenSeconds: 'uint64',
  ...FROM_CU,
});

/** What a receipt was before conversations could be held; ledgers keep such ones, and they stay verifiable. */
export const RECEIPT_BEFORE_HOLDS = defineStruct('Receipt', {
  ...UP_TO_CACHED,
  outputTokens: 'uint32',
  heldTokenSeconds: 'uint64',
  ...FROM_CU,
});

export type ReceiptBeforeHolds = Values<typeof RECEIPT_BEFORE_HOLDS.fields>;

/** @returns null for a receipt that says anything about holds, which that form could not */
export function beforeHolds(receipt: Receipt): ReceiptBeforeHolds | null {
  const { heldTokens, refundTokenSeconds, owedTokenSeconds, ...rest } = receipt;
  return heldTokens === 0 && refundTokenSeconds === 0n && owedTokenSeconds === 0n ? rest : null;
}

export type Receipt = Values<typeof RECEIPT.fields>;

export interface SignedReceipt {
  readonly receipt: Receipt;
  /** ERC-2098, 64 bytes. */
  readonly signature: Hex;
}

/** What the receipt claims about money, recomputed; null when all of it holds. */
export function receiptFault(
  receipt: Receipt,
  terms: { readonly weights: CuWeights; readonly price: bigint },
): string | null {
  if (receipt.cachedTokens > receipt.promptTokens) return 'more cached tokens than prompt tokens';
  if (receipt.heldTokens > receipt.cachedTokens) return 'more held tokens than cached tokens';
  if (finishOf(receipt.finish) === null) return 'an unknown finish';
  if (!isHoldRight(receipt)) return 'a hold that cannot be bought';
  const isFailed = finishOf(receipt.finish) === 'failed';
  const gross = isFailed ? 0n : milliOf(terms.weights, receipt);
  const owed = receipt.refundTokenSeconds + receipt.owedTokenSeconds;
  if (receipt.refundTokenSeconds !== takeRefund(terms.weights, gross, owed).refundTokenSeconds) {
    return 'another refund than it could give at once';
  }
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
