/** The receipt of one relay: what it says, what it binds, whether it holds, and whether it was paid. */
import type { Asset, ReceiptView } from '../../../electron/ipc/network.ts';
import { receiptSentence, verdict } from '../../format/receipt-words.ts';
import type { ReceiptSheetView } from '../../store/app-state.ts';
import { isPaid } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useWrite } from '../../store/use-write.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Bindings } from './Bindings.tsx';
import { Checks } from './Checks.tsx';
import { moreReceiptFacts, paymentWords, receiptFacts } from './receipt-facts.ts';

export function ReceiptSheet() {
  const sheet = useApp((state) => state.receipt);
  const asset = useApp((state) => state.snapshot?.network.asset);
  return sheet && asset ? <Sheet sheet={sheet} asset={asset} /> : null;
}

interface SheetProps {
  readonly sheet: ReceiptSheetView;
  readonly asset: Asset;
}

function Sheet({ sheet, asset }: SheetProps) {
  const { closeReceipt } = useActions();
  const write = useWrite(asset);
  const { receipt, failure, busy } = sheet;
  return (
    <Dialog
      // Another receipt is another sheet, with its own scroll position and focus.
      key={sheet.ref}
      size="wide"
      title={receipt ? receiptSentence(receipt, asset, write.amount) : 'Receipt'}
      onClose={closeReceipt}
      actions={<SheetActions sheet={sheet} />}
    >
      {failure ? (
        <div role="alert">
          <FailureNote failure={failure} />
        </div>
      ) : null}
      {receipt ? <SheetBody receipt={receipt} sheet={sheet} asset={asset} /> : null}
      {busy === 'opening' ? <p className="quiet">Opening the receipt</p> : null}
    </Dialog>
  );
}

function SheetActions({ sheet }: { readonly sheet: ReceiptSheetView }) {
  const { closeReceipt, copyReceipt, openReceipt, verifyReceipt } = useActions();
  const { ref, receipt, busy, isCopied, checks } = sheet;
  const isBusy = busy !== null;
  return (
    <>
      <span className="only-read" role="status">
        {isCopied ? 'Copied.' : checks ? verdict(checks) : ''}
      </span>
      <Button onClick={closeReceipt}>Close</Button>
      {receipt ? (
        <>
          <Button aria-disabled={isBusy} onClick={() => void copyReceipt()}>
            {isCopied ? 'Copied' : 'Copy as JSON'}
          </Button>
          <Button
            look="primary"
            autoFocus
            aria-disabled={isBusy}
            onClick={() => void verifyReceipt()}
          >
            {busy === 'checking' ? 'Verifying' : checks ? 'Verify again' : 'Verify'}
          </Button>
        </>
      ) : isBusy ? null : (
        <Button onClick={() => void openReceipt(ref)}>Try again</Button>
      )}
    </>
  );
}

interface BodyProps extends SheetProps {
  readonly receipt: ReceiptView;
}

function SheetBody({ receipt, sheet, asset }: BodyProps) {
  const paid = useApp((state) => isPaid(state, receipt));
  const write = useWrite(asset);
  const { transaction } = receipt;
  return (
    <div className="receipt" tabIndex={0} role="region" aria-label="Receipt">
      <p className="receipt-payment">
        <PracticeBadge />
        <span className="receipt-paid">
          <span className={paid ? 'paid paid-yes' : 'paid'}>{paymentWords(receipt, paid)}</span>
          {transaction === null ? null : (
            <CopyButton text={() => transaction} what="Transaction" label="Copy the transaction" />
          )}
        </span>
      </p>
      <Bindings receipt={receipt} asset={asset} checks={sheet.checks} />
      {sheet.checks ? <Checks checks={sheet.checks} /> : null}
      <Facts facts={receiptFacts(receipt, asset, write)} />
      <details className="receipt-more">
        <summary>Everything it says</summary>
        <Facts facts={moreReceiptFacts(receipt, asset, write)} />
      </details>
    </div>
  );
}
