/** The one big number, what it consists of, and the way to have it paid. */
import type { Asset, Earnings, Network } from '../../../electron/ipc/network.ts';
import { shortHex } from '../../format/addresses.ts';
import { waitingToCollect } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useWrite } from '../../store/use-write.ts';
import { BigAmount } from '../../ui/BigAmount.tsx';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { earningSentence, spentSentence } from './earnings-words.ts';

export function EarnedCard() {
  const network = useApp((state) => state.snapshot?.network);
  const earnings = useApp((state) => state.snapshot?.earnings);
  if (!network || !earnings) return null;
  return <Earned network={network} earnings={earnings} />;
}

interface Props {
  readonly network: Network;
  readonly earnings: Earnings;
}

function Earned({ network, earnings }: Props) {
  const { asset } = network;
  const { earned, collect } = earnings;
  const write = useWrite(asset);
  const spent = spentSentence(earnings, asset, write);
  return (
    <section className="card earned" aria-labelledby="earned-heading">
      <h2 id="earned-heading">
        Earned <PracticeBadge />
      </h2>
      <BigAmount text={write.units(earned)} symbol={asset.symbol} />
      <p role="status">{earningSentence(network, earnings, waitingToCollect(earnings), write)}</p>
      {spent === null ? null : <p className="quiet">{spent}</p>}
      {network.failure && network.state === 'failed' ? (
        <FailureNote failure={network.failure} />
      ) : null}
      {collect.failure && collect.state === 'failed' ? (
        <FailureNote failure={collect.failure} />
      ) : null}
      <Collect asset={asset} collect={collect} waiting={waitingToCollect(earnings)} />
    </section>
  );
}

interface CollectProps {
  readonly asset: Asset;
  readonly collect: Earnings['collect'];
  /** Token units. */
  readonly waiting: bigint;
}

function Collect({ asset, collect: { state, transaction }, waiting }: CollectProps) {
  const { collect } = useActions();
  const write = useWrite(asset);
  const isRunning = state === 'running';
  const offer = waiting > 0n ? `Collect ${write.amount(waiting)}` : 'Nothing to collect';
  return (
    <div className="earned-actions">
      <Button
        look={waiting > 0n ? 'primary' : 'plain'}
        disabled={waiting === 0n || isRunning}
        onClick={() => void collect()}
      >
        {isRunning ? 'Collecting' : offer}
      </Button>
      {transaction === null ? null : (
        <p className="quiet paid-by" title={transaction}>
          <span>
            Last paid by transaction <code>{shortHex(transaction)}</code>
          </span>
          <CopyButton text={() => transaction} what="Transaction" label="Copy the transaction" />
        </p>
      )}
    </div>
  );
}
