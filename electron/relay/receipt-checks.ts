/** Everything that an Application checks about a receipt: by itself, against the stream, and beside the others. */
import { chargeOf } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import type { Receipt, SignedReceipt } from '../protocol/receipt.ts';
import {
  verifyReceipt,
  type ReceiptCheck,
  type RecoverSigner,
} from '../protocol/verify-receipt.ts';
import type { ApplicationSession, Neighbours } from './application-session.ts';

/** What the Application saw of one answer. */
export interface Seen {
  /** Over the stream; null when it was not seen to its end. */
  readonly responseHash: Hex | null;
  /** Token ids that came. */
  readonly tokens: number;
}

/** What the request allowed, as far as it is still known. */
export interface Limits {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** How a receipt stands among the others of its session. */
export interface ReceiptSurroundings extends Neighbours {
  /** Most CU that relays without a receipt can be charged for, this one aside. */
  readonly openCu: bigint;
  /** The highest voucher given, in token units. */
  readonly bestCumulative: bigint;
  readonly price: bigint;
}

/** @param ref of a relay that was sent on this session */
export function checkReceipt(
  session: ApplicationSession,
  ref: Hex,
  signed: SignedReceipt,
  seen: Seen | null,
  limits: Limits | null,
  recover: RecoverSigner,
): readonly ReceiptCheck[] {
  const { terms, model } = session;
  const relay = session.relay(ref);
  const { receipt } = signed;
  const bound = verifyReceipt(
    signed,
    {
      session: terms,
      weights: model.weights,
      ref,
      modelSha256: model.ggufSha256,
      maxCu: relay?.sent.maxCu ?? 0n,
      responseHash: seen?.responseHash ?? null,
    },
    recover,
  );
  const surroundings = {
    ...session.neighbours(receipt.sequence),
    openCu: session.openCu(ref),
    bestCumulative: session.best?.cumulative ?? 0n,
    price: terms.price,
  };
  const isTwice = relay?.state === 'paid' && relay.signed.signature !== signed.signature;
  const totals = isTwice
    ? 'There is another receipt for the same request.'
    : receipt.cumulative === relay?.sent.cumulative
      ? totalsFault(receipt, surroundings)
      : 'It answers another voucher.';
  return [
    ...bound,
    tokensCheck(receipt, seen, limits),
    { name: 'totals', outcome: totals === null ? 'ok' : 'wrong', fault: totals ?? '' },
  ];
}

function tokensCheck(receipt: Receipt, seen: Seen | null, limits: Limits | null): ReceiptCheck {
  const fault = tokensFault(receipt, seen, limits);
  if (fault !== null) return { name: 'tokens', outcome: 'wrong', fault };
  const isSeen = seen !== null && seen.responseHash !== null;
  return { name: 'tokens', outcome: isSeen ? 'ok' : 'unseen', fault: '' };
}

/** Tokens are billed as they came: not one more than the stream had, not more than the request allowed. */
export function tokensFault(
  receipt: Receipt,
  seen: Seen | null,
  limits: Limits | null,
): string | null {
  // A Supplier keeps nothing in memory for an Application once its relay is over.
  if (receipt.heldTokenSeconds > 0n) return 'It charges for tokens that were held in memory.';
  if (limits !== null && receipt.promptTokens > limits.promptTokens) {
    return 'It counts more prompt tokens than the question can have.';
  }
  if (limits !== null && receipt.outputTokens > limits.outputTokens) {
    return 'It counts more tokens than were asked for.';
  }
  if (seen === null || seen.responseHash === null) return null;
  return receipt.outputTokens === seen.tokens
    ? null
    : 'It counts other tokens than those that came.';
}

/**
 * Receipts are numbered and their totals add up; between two that are known, only relays that are still open
 * can lie. @returns what does not fit, null when all does
 */
export function totalsFault(receipt: Receipt, beside: ReceiptSurroundings): string | null {
  const { twin, below, above, openCu } = beside;
  const { ref, sequence, totalCu, cu } = receipt;
  if (twin !== null && twin.ref !== ref) return 'Its number was given to another one.';
  const gapBelow = totalCu - cu - (below?.totalCu ?? 0n);
  if (!isGapRight(gapBelow, sequence - (below?.sequence ?? 0) - 1, openCu)) {
    return 'Its total does not follow from the receipt before it.';
  }
  if (above !== null) {
    const gapAbove = above.totalCu - above.cu - totalCu;
    if (!isGapRight(gapAbove, above.sequence - sequence - 1, openCu)) {
      return 'The receipt after it does not follow from its total.';
    }
  }
  if (chargeOf(totalCu, beside.price) > beside.bestCumulative) {
    return 'Its total is more than any voucher covers.';
  }
  return null;
}

/** @param missing receipts between two neighbours */
function isGapRight(cu: bigint, missing: number, openCu: bigint): boolean {
  return missing === 0 ? cu === 0n : cu >= 0n && cu <= openCu;
}
