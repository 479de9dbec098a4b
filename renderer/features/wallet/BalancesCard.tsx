/** All of the practice money as one bar, and what each part of it is for. */
import { useState } from 'react';
import type { Asset, Network } from '../../../electron/ipc/network.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet } from '../../store/use-discreet.ts';
import { useWrite } from '../../store/use-write.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { useMinute } from '../use-minute.ts';
import { balanceParts, total, type BalancePart, type Balances } from './balance-parts.ts';

export function BalancesCard() {
  const network = useApp((state) => state.snapshot?.network);
  const balances = useApp((state) => state.snapshot?.wallet.balances);
  const failure = useApp((state) => state.snapshot?.wallet.failure);
  const [isAsking, setIsAsking] = useState(false);
  const { refreshWallet } = useActions();
  if (!network) return null;
  const shownFailure = failure ?? (network.state === 'failed' ? network.failure : null);
  const refresh = () => {
    setIsAsking(true);
    void refreshWallet().then(() => {
      setIsAsking(false);
    });
  };
  return (
    <Card
      title="Practice money"
      actions={
        <>
          <PracticeBadge />
          {balances ? (
            <Button className="button-small" aria-disabled={isAsking} onClick={refresh}>
              {isAsking ? 'Asking the chain' : 'Refresh'}
            </Button>
          ) : null}
        </>
      }
    >
      {balances ? <BalanceBar balances={balances} asset={network.asset} /> : null}
      {shownFailure ? <FailureNote failure={shownFailure} /> : null}
      {balances ? null : <Unknown network={network} isAsking={isAsking} onLook={refresh} />}
    </Card>
  );
}

interface BarProps {
  readonly balances: Balances;
  readonly asset: Asset;
}

function BalanceBar({ balances, asset }: BarProps) {
  const write = useWrite(asset);
  const isDiscreet = useDiscreet();
  const parts = balanceParts(balances, useMinute());
  return (
    <>
      <p className="balance-total">
        {write.units(total(balances))} <span>{asset.symbol}</span>
      </p>
      <div className="balance-bar" aria-hidden="true">
        {parts.map(({ key, share, units }) =>
          // Even without numbers the bar would tell how much of it is where.
          units === 0n || isDiscreet ? null : (
            <span key={key} className={`balance-fill balance-${key}`} style={{ flexGrow: share }} />
          ),
        )}
      </div>
      <ul className="balance-legend" aria-label="Where it is">
        {parts.map((part) => (
          <LegendRow key={part.key} part={part} amount={write.amount(part.units)} />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  readonly part: BalancePart;
  readonly amount: string;
}

function LegendRow({ part: { key, name, note }, amount }: RowProps) {
  return (
    <li>
      <span className={`balance-swatch balance-${key}`} aria-hidden="true" />
      <span className="balance-name">{name}</span>
      <span className="balance-amount">{amount}</span>
      <span className="balance-note">{note}</span>
    </li>
  );
}

interface UnknownProps {
  readonly network: Network;
  readonly isAsking: boolean;
  readonly onLook: () => void;
}

const UNKNOWN: Readonly<Record<Network['state'], string>> = {
  off: 'The practice network is off. Your practice money is kept on this computer, in the network’s own chain.',
  starting: 'The practice network is starting.',
  ready: 'The balances have not been read yet.',
  failed: 'The practice network has stopped. Your practice money is kept.',
};

/** Nothing is started by looking; the button does it. */
function Unknown({ network: { state, detail }, isAsking, onLook }: UnknownProps) {
  const isBusy = isAsking || state === 'starting';
  return (
    <>
      <p className="quiet" role="status">
        {isBusy ? (detail ?? 'Asking the practice chain') : UNKNOWN[state]}
      </p>
      <Button look="primary" aria-disabled={isBusy} onClick={isBusy ? undefined : onLook}>
        {isBusy ? 'Opening' : state === 'failed' ? 'Try again' : 'Show the balances'}
      </Button>
    </>
  );
}
