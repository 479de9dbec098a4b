/** Finds out what became of requests whose answer was lost, by asking the Supplier for each by its hash. */
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import type { LedgerEntry } from '../protocol/ledger-entries.ts';
import type { SignedReceipt } from '../protocol/receipt.ts';
import { refusalRow } from '../protocol/refusal.ts';
import { MAX_RESYNC_REFS, type ResyncAnswer } from '../protocol/wire-peer.ts';
import type { ApplicationSession } from './application-session.ts';
import type { ApplicationPorts } from './ports.ts';
import { recordReceipt } from './record-receipt.ts';

/** How long the Supplier may take to answer. */
const ANSWER_MS = 10_000;

export interface ResyncOutcome {
  /** Requests that the Supplier is still serving, or whose fate is unknown for another reason. */
  readonly unknown: number;
}

/**
 * @param closing aborts when this Application closes
 * @throws AppError `peer-unreachable`, `relay-refused`, `receipt-wrong`; what was learnt before stays learnt
 */
export async function resyncSession(
  session: ApplicationSession,
  ports: ApplicationPorts,
  closing: AbortSignal,
): Promise<ResyncOutcome> {
  const lost = session.lostRefs();
  let last: SignedReceipt | null = null;
  for (let at = 0; at === 0 || at < lost.length; at += MAX_RESYNC_REFS) {
    last = await askFor(session, lost.slice(at, at + MAX_RESYNC_REFS), ports, closing);
  }
  // A refusal binds nobody. When receipts are missing, a refused request may have been served after all.
  const refused = session.refusedRefs();
  for (let at = 0; at < refused.length; at += MAX_RESYNC_REFS) {
    if (last === null || !session.missingBefore(last.receipt.sequence)) break;
    await askFor(session, refused.slice(at, at + MAX_RESYNC_REFS), ports, closing);
  }
  session.isBehind = false;
  return { unknown: session.lostRefs().length };
}

/** @returns the Supplier's last receipt */
async function askFor(
  session: ApplicationSession,
  refs: readonly Hex[],
  ports: ApplicationPorts,
  closing: AbortSignal,
): Promise<SignedReceipt | null> {
  const { best, terms } = session;
  if (best === null) return null;
  const { cumulative, ref, signature } = best;
  const lastVoucher = { cumulative, ref, signature };
  const request = { session: terms, lastVoucher, refs };
  const answer = await withinTime(ports, closing, (signal) =>
    ports.client.resync(session.peerKey, request, signal),
  );
  if ('code' in answer) {
    throw new AppError('relay-refused', { details: refusalRow(answer.code).sentence });
  }
  apply(session, answer, refs, ports);
  return answer.lastReceipt;
}

async function withinTime<Value>(
  { clock }: ApplicationPorts,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const cut = (): void => controller.abort();
  const stopTimer = clock.after(ANSWER_MS, cut);
  closing.addEventListener('abort', cut);
  if (closing.aborted) cut();
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new AppError(closing.aborted ? 'cancelled' : 'peer-unreachable', { cause: error });
  } finally {
    stopTimer();
    closing.removeEventListener('abort', cut);
  }
}

function apply(
  session: ApplicationSession,
  { refs, lastReceipt }: ResyncAnswer,
  asked: readonly Hex[],
  ports: ApplicationPorts,
): void {
  const faults: (AppError | null)[] = [];
  for (const answered of refs) {
    if (!asked.includes(answered.ref) || !isOpen(session, answered.ref)) continue;
    if (answered.state === 'settled')
      faults.push(take(session, answered.ref, answered.signed, ports));
    else if (answered.state === 'void') release(session, answered.ref, ports);
  }
  if (lastReceipt !== null && isOpen(session, lastReceipt.receipt.ref)) {
    faults.push(take(session, lastReceipt.receipt.ref, lastReceipt, ports));
  }
  const wrong = faults.find((fault) => fault !== null);
  if (wrong) throw wrong;
}

/** Sent, without a receipt so far, and not being read by anybody. */
function isOpen(session: ApplicationSession, ref: Hex): boolean {
  const state = session.relay(ref)?.state;
  return (state === 'sent' || state === 'released') && !session.active.has(ref);
}

function take(
  session: ApplicationSession,
  ref: Hex,
  signed: SignedReceipt,
  ports: ApplicationPorts,
): AppError | null {
  try {
    recordReceipt(session, { ref, signed, seen: null, limits: null }, ports);
    return null;
  } catch (error) {
    return toAppError(error);
  }
}

function release(session: ApplicationSession, ref: Hex, { clock }: ApplicationPorts): void {
  const entry: LedgerEntry = {
    kind: 'relay-released',
    atMs: clock.nowMs(),
    session: session.id,
    ref,
    reason: 'void',
  };
  session.append([entry], 'normal');
}
