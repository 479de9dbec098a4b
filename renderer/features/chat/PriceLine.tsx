/** Beside the composer: what the question would cost on the network, or why that is not known yet. */
import type { Price } from '../../../electron/ipc/network.ts';
import { formatGuess, formatLimit } from '../../format/amounts.ts';
import { formatDuration } from '../../format/times.ts';
import { useApp } from '../../store/use-app.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';

/** For the composer, which is described by it. */
export const PRICE_ID = 'composer-price';

export function PriceLine() {
  const via = useApp((state) => state.via);
  const { state, price, failure } = useApp((app) => app.price);
  const hasFailed = useApp((app) => app.snapshot?.network.state === 'failed');
  const networkFailure = useApp((app) => app.snapshot?.network.failure ?? null);
  const shownFailure = failure ?? (hasFailed ? networkFailure : null);
  if (via === 'local') return <p id={PRICE_ID} className="price-line price-none" />;
  if (shownFailure) {
    return (
      <p id={PRICE_ID} className="price-line price-failure" title={shownFailure.next}>
        {shownFailure.message}
      </p>
    );
  }
  return (
    <p id={PRICE_ID} className="price-line" aria-busy={state === 'asking'}>
      {price ? <KnownPrice price={price} /> : state === 'asking' ? <Asking /> : null}
    </p>
  );
}

function KnownPrice({ price }: { readonly price: Price }) {
  const asset = useApp((state) => state.snapshot?.network.asset);
  const isDiscreet = useDiscreet();
  if (!asset) return null;
  const { most, typical, modelName, holdSeconds } = price;
  return (
    <>
      <span className="price-text" title={`Answered by ${modelName}`}>
        <span>at most {veiled(formatLimit(most, asset), isDiscreet)}</span>
        <span> · about {veiled(formatGuess(typical, asset), isDiscreet)}</span>
        {holdSeconds > 0 && (
          <span title="The Supplier keeps what it has read of this chat, so that your next question costs less.">
            {` · kept for ${formatDuration(holdSeconds * 1000)}`}
          </span>
        )}
      </span>
      <PracticeBadge />
    </>
  );
}

/** The first price may have to wait for the whole network to start. */
function Asking() {
  const isStarting = useApp((app) => app.snapshot?.network.state === 'starting');
  const detail = useApp((app) => app.snapshot?.network.detail ?? null);
  if (isStarting) return <span>{detail ?? 'The network starts'}</span>;
  return <span>Asking for the price</span>;
}
