/** The one big number, what it consists of, and the way to have it paid. */
import { formatAmount, formatUnits } from '../../format/amounts.ts';
import { shortHex } from '../../format/addresses.ts';
import { waitingToCollect } from '../../store/selectors.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Button } from '../../ui/Button.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';
import { earningSentence, spentSentence } from './earnings-words.ts';

export function EarnedCard() {
  const network = useApp((state) => state.snapshot?.network);
  const earnings = useApp((state) => state.snapshot?.earnings);
  if (!network || !earnings) return null;
  const { asset } = network;
  const { earned, collect } = earnings;
  const spent = spentSentence(earnings, asset);
  return (
    <section className="card earned" aria-labelledby="earned-heading">
      <h2 id="earned-heading">
        Earned <PracticeBadge />
      </h2>
      <p className="earned-amount">
        {formatUnits(earned, asset.decimals)} <span>{asset.symbol}</span>
      </p>
      <p role="status">{earningSentence(network, earnings, waitingToCollect(earnings))}</p>
      {spent === null ? null : <p className="quiet">{spent}</p>}
      {network.failure && network.state === 'failed' ? (
        <FailureNote failure={network.failure} />
      ) : null}
      {collect.failure && collect.state === 'failed' ? (
        <FailureNote failure={collect.failure} />
      ) : null}
      <Collect />
    </section>
  );
}

function Collect() {
  const asset = useApp((state) => state.snapshot?.network.asset);
  const waiting = useApp((state) =>
    state.snapshot ? waitingToCollect(state.snapshot.earnings) : 0n,
  );
  const state = useApp((app) => app.snapshot?.earnings.collect.state);
  const transaction = useApp((app) => app.snapshot?.earnings.collect.transaction ?? null);
  const { collect } = useActions();
  if (!asset) return null;
  const isRunning = state === 'running';
  return (
    <div className="earned-actions">
      <Button
        look={waiting > 0n ? 'primary' : 'plain'}
        disabled={waiting === 0n || isRunning}
        onClick={() => void collect()}
      >
        {isRunning
          ? 'Collecting'
          : waiting > 0n
            ? `Collect ${formatAmount(waiting, asset)}`
            : 'Nothing to collect'}
      </Button>
      {transaction === null ? null : (
        <p className="quiet" title={transaction}>
          Last paid by transaction <code>{shortHex(transaction)}</code>
        </p>
      )}
    </div>
  );
}
