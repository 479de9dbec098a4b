/** Turns what was served into a signed receipt that is on disk, one after the other per session. */
import { chargeOf, cuOf, milliOf, takeRefund } from '../protocol/cu.ts';
import type { Hex } from '../protocol/hex.ts';
import { finishNumber, isOwnEnd, type Finish } from '../protocol/finish.ts';
import { refundDue } from '../protocol/hold.ts';
import type { Receipt, SignedReceipt } from '../protocol/receipt.ts';
import { createResponseHasher } from '../protocol/relay-hash.ts';
import type { ReceiptSigner } from './ports.ts';
import type { RunningRelay, SupplierSession } from './supplier-session.ts';

/** What one relay did, before sums and signature. */
export interface Served {
  readonly finish: Finish;
  readonly responseHash: Hex;
  /** Of the engine that served it, which may have changed since the session began. */
  readonly profile: Hex;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly heldTokens: number;
  readonly outputTokens: number;
  readonly queuedMs: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
  readonly endedAtMs: number;
}

/** A relay of which nothing is left to show: a crash, or a refusal after it was written down. */
export function servedNothing(profile: Hex, endedAtMs: number): Served {
  return {
    finish: 'failed',
    responseHash: createResponseHasher().finish(),
    profile,
    promptTokens: 0,
    cachedTokens: 0,
    heldTokens: 0,
    outputTokens: 0,
    queuedMs: 0,
    firstTokenMs: 0,
    totalMs: 0,
    endedAtMs,
  };
}

/**
 * Settling the same relay again gives the same receipt.
 * @throws AppError when it could not be written, or whatever the signer throws; the relay then still runs
 */
export function settle(
  session: SupplierSession,
  ref: Hex,
  served: Served,
  signer: ReceiptSigner,
): Promise<SignedReceipt> {
  return session.serial(async () => {
    const record = session.record(ref);
    if (record?.state === 'settled') return record.signed;
    if (record?.state !== 'running') throw new Error('there is no such relay to settle');
    const receipt = nextReceipt(session, ref, record, served);
    const signature = await signer.signReceipt(receipt);
    const signed = { receipt, signature };
    const { endedAtMs: atMs } = served;
    session.append([{ kind: 'relay-served', atMs, session: session.id, ref, signed }], 'full');
    return signed;
  });
}

function nextReceipt(
  session: SupplierSession,
  ref: Hex,
  { cumulative, holdSeconds, follows }: RunningRelay,
  served: Served,
): Receipt {
  const { weights, price, ggufSha256 } = session.model;
  const { settledCu } = session.commitment();
  const { finish: end, ...counted } = served;
  const last = session.lastReceipt?.receipt;
  const tokens = BigInt(served.promptTokens + served.outputTokens);
  const heldTokenSeconds = isOwnEnd(end) ? tokens * BigInt(holdSeconds) : 0n;
  const ended = {
    ...counted,
    heldTokenSeconds,
    finish: finishNumber(end),
    endedAtMs: BigInt(served.endedAtMs),
  };
  const due = refundDue(ended, follows === null ? null : session.holdOf(follows));
  const gross = end === 'failed' ? 0n : milliOf(weights, ended);
  const refund = takeRefund(weights, gross, (last?.owedTokenSeconds ?? 0n) + due);
  const cu = end === 'failed' ? 0n : cuOf(weights, { ...ended, ...refund });
  const totalCu = settledCu + cu;
  const totalCharged = chargeOf(totalCu, price);
  return {
    session: session.id,
    ref,
    sequence: (last?.sequence ?? 0) + 1,
    cumulative,
    modelSha256: ggufSha256,
    ...ended,
    ...refund,
    cu,
    totalCu,
    charged: totalCharged - chargeOf(settledCu, price),
    totalCharged,
  };
}
