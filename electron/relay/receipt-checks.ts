/** Everything that an Application checks about a receipt: by itself, against the stream, and beside the others. */
import { chargeOf } from '../protocol/cu.ts';
import type { Hold } from '../protocol/hold.ts';
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
  /** Tokens without the probabilities that were asked for, and such that nobody asked for. */
  readonly unrated: number;
}

/** What the request has to do with holds. */
export interface HoldLimits {
  /** That it buys. */
  readonly holdSeconds: number;
  /** That it goes on from; null for none. */
  readonly hold: Hold | null;
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
  /** Token-seconds owed since a relay, because it did not find all of what was bought for it. */
  readonly dueFor: (receipt: Receipt) => bigint;
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
    dueFor: session.dueFor,
  };
  const hold = { holdSeconds: relay?.sent.holdSeconds ?? 0, hold: session.holdFor(ref) };
  const isTwice = relay?.state === 'paid' && relay.signed.signature !== signed.signature;
  const totals = isTwice
    ? 'There is another receipt for the same request.'
    : receipt.cumulative === relay?.sent.cumulative
      ? (totalsFault(receipt, surroundings) ?? owedFault(receipt, surroundings))
      : 'It answers another voucher.';
  return [
    ...bound,
    tokensCheck(receipt, seen, limits, hold),
    { name: 'totals', outcome: totals === null ? 'ok' : 'wrong', fault: totals ?? '' },
  ];
}

function tokensCheck(
  receipt: Receipt,
  seen: Seen | null,
  limits: Limits | null,
  hold: HoldLimits,
): ReceiptCheck {
  const fault = holdFault(receipt, hold) ?? tokensFault(receipt, seen, limits);
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
  if (limits !== null && receipt.promptTokens > limits.promptTokens) {
    return 'It counts more prompt tokens than the question can have.';
  }
  if (limits !== null && receipt.outputTokens > limits.outputTokens) {
    return 'It counts more tokens than were asked for.';
  }
  if (seen === null || seen.responseHash === null) return null;
  if (seen.unrated > 0) return 'Its answer came without the probabilities that were asked for.';
  return receipt.outputTokens === seen.tokens
    ? null
    : 'It counts other tokens than those that came.';
}

/** A hold is charged as it was bought or not at all, and nobody finds more of one than there was. */
export function holdFault(receipt: Receipt, { holdSeconds, hold }: HoldLimits): string | null {
  const tokens = BigInt(receipt.promptTokens + receipt.outputTokens);
  const bought = receipt.heldTokenSeconds;
  if (bought !== 0n && bought !== tokens * BigInt(holdSeconds)) {
    return 'It charges for keeping another conversation than was asked for.';
  }
  return receipt.heldTokens <= (hold?.tokens ?? 0)
    ? null
    : 'It counts more kept tokens than were paid for.';
}

/**
 * What is owed is taken off, or owed on: from one receipt to the next none of it gets lost.
 * @returns what does not fit, null when all does
 */
export function owedFault(receipt: Receipt, beside: ReceiptSurroundings): string | null {
  const { below, above, dueFor } = beside;
  const given = receipt.refundTokenSeconds + receipt.owedTokenSeconds;
  const due = dueFor(receipt);
  const isNext = receipt.sequence === (below?.sequence ?? 0) + 1;
  // Where one between them is missing, more may have been owed, and not less.
  if (isNext ? given !== (below?.owedTokenSeconds ?? 0n) + due : given < due) {
    return 'It does not give back what was paid for and not kept.';
  }
  if (above === null || above.sequence !== receipt.sequence + 1) return null;
  const after = above.refundTokenSeconds + above.owedTokenSeconds;
  return after === receipt.owedTokenSeconds + dueFor(above)
    ? null
    : 'The receipt after it does not give back what it owes.';
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
