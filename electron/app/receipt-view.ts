/** One receipt with everything that is known about it, and its checks made anew from what is on disk. */
import type { ReceiptCheckView, ReceiptView } from '../ipc/network.ts';
import type { Ledger, LedgerLine, ReceiptEntry } from '../ledger/ports.ts';
import type { Totals } from '../ledger/totals.ts';
import { AppError } from '../platform/app-error.ts';
import type { Hex } from '../protocol/hex.ts';
import { holdOf } from '../protocol/hold.ts';
import type { SessionOpened } from '../protocol/ledger-entries.ts';
import { beforeHolds, RECEIPT, RECEIPT_BEFORE_HOLDS } from '../protocol/receipt.ts';
import { typedDataJson } from '../protocol/typed-data.ts';
import { signedForm, verifyReceipt } from '../protocol/verify-receipt.ts';
import { recoverOffline } from '../relay/offline-recover-adapter.ts';
import { relayLine } from './earnings-view.ts';

interface Found {
  readonly line: LedgerLine<ReceiptEntry>;
  readonly opened: SessionOpened;
}

/** @throws AppError `not-found` */
function find(ledger: Ledger, ref: Hex): Found {
  const asked = ledger.receiptOf('application', ref);
  const line = asked ?? ledger.receiptOf('supplier', ref);
  const role = asked === null ? 'supplier' : 'application';
  const opened = line && ledger.sessionOpened(role, line.entry.session);
  if (!line || !opened) throw new AppError('not-found', { details: 'There is no such receipt.' });
  return { line, opened };
}

/** EIP-712 typed data with the signature, to check with any other tool. @throws AppError `not-found` */
export function receiptJson(ledger: Ledger, ref: Hex): string {
  const { line, opened } = find(ledger, ref);
  const { chainId, hub, supplier } = opened.terms;
  const { receipt, signature } = line.entry.signed;
  const domain = { chainId, verifyingContract: hub };
  const before = beforeHolds(receipt);
  const form = signedForm(line.entry.signed, opened.terms, recoverOffline);
  const typedData =
    form === 'before holds' && before !== null
      ? typedDataJson(domain, RECEIPT_BEFORE_HOLDS, before)
      : typedDataJson(domain, RECEIPT, receipt);
  return JSON.stringify({ typedData, signature, signer: supplier }, null, 2);
}

/** @throws AppError `not-found` */
export function receiptView(ledger: Ledger, totals: Totals, ref: Hex): ReceiptView {
  const { line, opened } = find(ledger, ref);
  const { terms, model } = opened;
  const { receipt, signature } = line.entry.signed;
  return {
    line: relayLine(line, totals),
    application: terms.application,
    supplier: terms.supplier,
    service: terms.service,
    modelSha256: model.ggufSha256,
    epoch: terms.epoch,
    sequence: receipt.sequence,
    price: terms.price,
    cachedTokens: receipt.cachedTokens,
    heldTokens: receipt.heldTokens,
    holdSeconds: holdOf(receipt)?.seconds ?? 0,
    refundTokenSeconds: receipt.refundTokenSeconds,
    owedTokenSeconds: receipt.owedTokenSeconds,
    cu: receipt.cu,
    totalCharged: receipt.totalCharged,
    queuedMs: receipt.queuedMs,
    firstTokenMs: receipt.firstTokenMs,
    totalMs: receipt.totalMs,
    responseHash: receipt.responseHash,
    signature,
    transaction: paidBy(ledger, line),
    json: receiptJson(ledger, ref),
  };
}

/** Signature by another library than the one that signs. @throws AppError `not-found` */
export function checksOf(ledger: Ledger, ref: Hex): ReceiptCheckView[] {
  const { line, opened } = find(ledger, ref);
  const { entry } = line;
  const role = entry.kind === 'relay-served' ? 'supplier' : 'application';
  const request = ledger
    .entriesOf(role, entry.session)
    .find(
      (each) => (each.kind === 'relay-sent' || each.kind === 'relay-accepted') && each.ref === ref,
    );
  const maxCu = request && 'maxCu' in request ? request.maxCu : 0n;
  const checks = verifyReceipt(
    entry.signed,
    {
      session: opened.terms,
      weights: opened.model.weights,
      ref,
      modelSha256: opened.model.ggufSha256,
      maxCu,
      responseHash: entry.kind === 'relay-paid' ? entry.seenHash : null,
    },
    recoverOffline,
  );
  return [...checks];
}

/** The first payment that reached this receipt's total; null when none has, or when another run of Lull sent it. */
function paidBy(ledger: Ledger, { entry }: LedgerLine<ReceiptEntry>): Hex | null {
  if (entry.kind !== 'relay-served') return null;
  const total = entry.signed.receipt.totalCharged;
  const payment = ledger
    .entriesOf('supplier', entry.session)
    .find((each) => each.kind === 'redeemed' && each.totalPaid >= total);
  return payment?.kind === 'redeemed' && BigInt(payment.transaction) !== 0n
    ? payment.transaction
    : null;
}
