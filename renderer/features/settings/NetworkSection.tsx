/** Settings: the practice network, who one is on it, and what can be lost there at most. */
import type { Network } from '../../../electron/ipc/network.ts';
import { formatAmount } from '../../format/amounts.ts';
import { useApp } from '../../store/use-app.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts, type Fact } from '../../ui/Facts.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';

const STATES: Readonly<Record<Network['state'], string>> = {
  off: 'Off; the first question or Try earning starts it',
  starting: 'Starting',
  ready: 'Ready',
  failed: 'Stopped by a failure',
};

export function NetworkSection() {
  const network = useApp((state) => state.snapshot?.network);
  if (!network) return null;
  return (
    <Card title="Practice network" actions={<PracticeBadge />}>
      <p className="quiet">
        A chain and a neighbour, all of it on this computer. Its money is worth nothing and is never
        mixed with any other.
      </p>
      {network.failure ? <FailureNote failure={network.failure} /> : null}
      <Facts facts={networkFacts(network)} />
    </Card>
  );
}

function networkFacts(network: Network): readonly Fact[] {
  const { state, detail } = network;
  const busy = state === 'starting' && detail !== null ? `: ${detail}` : '';
  return [
    { name: 'State', value: `${STATES[state]}${busy}` },
    { name: 'You pay as', value: network.application, isCode: true },
    { name: 'You earn as', value: network.supplier, isCode: true },
    { name: 'Worst loss', value: worstLoss(network) },
    { name: 'Chain', value: network.chainId },
    { name: 'Contract', value: network.hub, isCode: true },
  ];
}

function worstLoss({ worstLoss: amount, asset }: Network): string {
  return amount === 0n
    ? 'Nothing: no Supplier holds a voucher for more than it charged'
    : `At most ${formatAmount(amount, asset)}, if Suppliers redeemed all of the vouchers they hold and not only what they charged`;
}
