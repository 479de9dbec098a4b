/** What becomes of a receipt that reaches the Application: paid when all of it is right, evidence when not. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Hex } from '../protocol/hex.ts';
import type { SignedReceipt } from '../protocol/receipt.ts';
import {
  isGoodReceipt,
  type ReceiptCheck,
  type RecoverSigner,
} from '../protocol/verify-receipt.ts';
import type { ApplicationSession } from './application-session.ts';
import { checkReceipt, type Limits, type Seen } from './receipt-checks.ts';

/** What arrived, and what this process saw of its answer; null when it saw nothing. */
export interface Arrived {
  readonly ref: Hex;
  readonly signed: SignedReceipt;
  readonly seen: (Seen & { readonly firstTextMs: number | null }) | null;
  readonly limits: Limits | null;
}

/**
 * Writes the receipt down, once.
 * @returns every check, all of them right
 * @throws AppError `receipt-wrong` after the receipt was kept as evidence and the session frozen; whatever the
 *   ledger throws
 */
export function recordReceipt(
  session: ApplicationSession,
  { ref, signed, seen, limits }: Arrived,
  ports: { readonly clock: Clock; readonly recover: RecoverSigner },
): readonly ReceiptCheck[] {
  const checks = checkReceipt(session, ref, signed, seen, limits, ports.recover);
  const entry = { atMs: ports.clock.nowMs(), session: session.id, ref, signed };
  if (!isGoodReceipt(checks)) {
    const fault = checks.find(({ outcome }) => outcome === 'wrong')?.fault ?? '';
    session.append([{ kind: 'relay-disputed', ...entry, fault }], 'full');
    throw new AppError('receipt-wrong', { details: fault });
  }
  if (session.relay(ref)?.state !== 'paid') {
    const seenHash = seen?.responseHash ?? null;
    const firstTextMs = seen?.firstTextMs ?? null;
    session.append([{ kind: 'relay-paid', ...entry, seenHash, firstTextMs }], 'normal');
  }
  return checks;
}
