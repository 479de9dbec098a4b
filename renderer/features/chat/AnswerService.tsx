/** Under an answer from the network: who served it, what it cost, and the receipt. */
import type { Served } from '../../../electron/ipc/network.ts';
import { formatAmount, formatLimit } from '../../format/amounts.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { Address } from '../../ui/Address.tsx';
import { Button } from '../../ui/Button.tsx';
import { ReceiptIcon } from '../../ui/icons.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';

export function AnswerService({ served }: { readonly served: Served }) {
  const asset = useApp((state) => state.snapshot?.network.asset);
  const isDiscreet = useDiscreet();
  const { openReceipt } = useActions();
  if (!asset) return null;
  return (
    <div className="service" role="group" aria-label="Who served this answer">
      <span className="service-by">
        Served by <Address address={served.supplier} />
      </span>
      <span className="service-cost">
        {veiled(formatAmount(served.charged, asset), isDiscreet)} of at most{' '}
        {veiled(formatLimit(served.most, asset), isDiscreet)}
        <PracticeBadge />
      </span>
      <Button look="quiet" className="button-small" onClick={() => void openReceipt(served.ref)}>
        <ReceiptIcon />
        Receipt
      </Button>
    </div>
  );
}
