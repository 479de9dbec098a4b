/** Checks a receipt offline: whose signature it is, what it binds, and whether its sums hold. */
import type { CuWeights } from './cu.ts';
import type { Hex } from './hex.ts';
import {
  beforeHolds,
  RECEIPT,
  RECEIPT_BEFORE_HOLDS,
  receiptFault,
  type SignedReceipt,
} from './receipt.ts';
import { sessionId, type Session } from './session.ts';
import { digestOf, hashDomain } from './typed-data.ts';

/** Who made a signature. @returns null when it is no valid low-s signature of anybody. */
export type RecoverSigner = (digest: Uint8Array, signature: Hex) => Hex | null;

/** What the Application knows by itself and the receipt must agree with. */
export interface ReceiptTerms {
  readonly session: Session;
  readonly weights: CuWeights;
  readonly ref: Hex;
  readonly modelSha256: Hex;
  /** CU that the request allowed. */
  readonly maxCu: bigint;
  /** Of the stream as it arrived; null when it was not seen to its end. */
  readonly responseHash: Hex | null;
}

export interface ReceiptCheck {
  /** `tokens` and `totals` need the stream and the session's other receipts; the Application adds them. */
  readonly name:
    | 'signature'
    | 'session'
    | 'request'
    | 'model'
    | 'response'
    | 'sums'
    | 'limit'
    | 'tokens'
    | 'totals';
  /** `unseen`: there was nothing to compare with. */
  readonly outcome: 'ok' | 'wrong' | 'unseen';
  /** What is wrong, for people; empty otherwise. */
  readonly fault: string;
}

/** In which form the Supplier signed it; null when it did not. */
export function signedForm(
  { receipt, signature }: SignedReceipt,
  session: Session,
  recover: RecoverSigner,
): 'now' | 'before holds' | null {
  const domain = hashDomain({ chainId: session.chainId, verifyingContract: session.hub });
  const isBy = (digest: Uint8Array): boolean => recover(digest, signature) === session.supplier;
  if (isBy(digestOf(domain, RECEIPT, receipt))) return 'now';
  const before = beforeHolds(receipt);
  if (before === null) return null;
  return isBy(digestOf(domain, RECEIPT_BEFORE_HOLDS, before)) ? 'before holds' : null;
}

/** Every check, in the order in which people read them. */
export function verifyReceipt(
  signed: SignedReceipt,
  terms: ReceiptTerms,
  recover: RecoverSigner,
): readonly ReceiptCheck[] {
  const { session } = terms;
  const { receipt } = signed;
  const form = signedForm(signed, session, recover);
  const sums = receiptFault(receipt, { weights: terms.weights, price: session.price });
  const check = (name: ReceiptCheck['name'], fault: string | null): ReceiptCheck => ({
    name,
    outcome: fault === null ? 'ok' : 'wrong',
    fault: fault ?? '',
  });
  return [
    check('signature', form === null ? 'It was not signed by this Supplier.' : null),
    check('session', receipt.session === sessionId(session) ? null : 'It names another session.'),
    check('request', receipt.ref === terms.ref ? null : 'It answers another request.'),
    check('model', receipt.modelSha256 === terms.modelSha256 ? null : 'It names another model.'),
    terms.responseHash === null
      ? { name: 'response', outcome: 'unseen', fault: '' }
      : check(
          'response',
          receipt.responseHash === terms.responseHash ? null : 'It is for another answer.',
        ),
    check('sums', sums === null ? null : `It has ${sums}.`),
    check('limit', receipt.cu <= terms.maxCu ? null : 'It charges more than was allowed.'),
  ];
}

export function isGoodReceipt(checks: readonly ReceiptCheck[]): boolean {
  return checks.every(({ outcome }) => outcome !== 'wrong');
}
