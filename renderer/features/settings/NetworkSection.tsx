/** Settings: the practice network, what can be lost there at most, and what a real network would need. */
import type { Network } from '../../../electron/ipc/network.ts';
import type { FailureText } from '../../../electron/ipc/result.ts';
import { formatAmount } from '../../format/amounts.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet, veiled } from '../../store/use-discreet.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Facts, type Fact } from '../../ui/Facts.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { PracticeBadge } from '../../ui/PracticeBadge.tsx';

const STATES: Readonly<Record<Network['state'], string>> = {
  off: 'Off; it starts when it is first needed',
  starting: 'Starting',
  ready: 'Ready',
  failed: 'Stopped by a failure',
};

export function NetworkSection() {
  const network = useApp((state) => state.snapshot?.network);
  const isDiscreet = useDiscreet();
  if (!network) return null;
  return (
    <Card title="Practice network" anchor="settings-network" actions={<PracticeBadge />}>
      <p className="quiet">
        A small network of its own, all of it on this computer: a neighbour that asks and answers,
        and a chain, which is the book of who paid whom. Its money is worth nothing and is never
        mixed with any other.
      </p>
      {network.failure ? <NetworkFailure network={network} failure={network.failure} /> : null}
      <Facts facts={networkFacts(network, isDiscreet)} />
      <RealNetworks />
    </Card>
  );
}

interface FailureProps {
  readonly network: Network;
  readonly failure: FailureText;
}

/** Reading the balances needs the network, so it starts what has stopped. */
function NetworkFailure({ network, failure }: FailureProps) {
  const { refreshWallet } = useActions();
  return (
    <FailureNote failure={failure}>
      {network.state === 'failed' ? (
        <Button onClick={() => void refreshWallet()}>Start the network again</Button>
      ) : null}
    </FailureNote>
  );
}

/** Offered, never asked for: practice needs no wallet of the owner's making. */
function RealNetworks() {
  const hasWallet = useApp((state) => state.snapshot?.wallet.main.state !== 'none');
  const { showTab } = useActions();
  return (
    <>
      <h3>Real networks</h3>
      <p className="quiet">
        No public network exists yet, so there is nothing to join and nothing to buy. When there is
        one, it will need a wallet of your own.{' '}
        {hasWallet ? 'You have one already.' : 'You can prepare one today, but you need not.'}
      </p>
      <Button
        onClick={() => {
          showTab('wallet');
        }}
      >
        {hasWallet ? 'Open Wallet' : 'Prepare a wallet'}
      </Button>
    </>
  );
}

function networkFacts(network: Network, isDiscreet: boolean): readonly Fact[] {
  const { state, detail } = network;
  const busy = state === 'starting' && detail !== null ? `: ${detail}` : '';
  const hidden = (address: string | null) =>
    address === null ? null : veiled(address, isDiscreet);
  return [
    { name: 'State', value: `${STATES[state]}${busy}` },
    { name: 'You pay as', value: hidden(network.application), isCode: true },
    { name: 'You earn as', value: hidden(network.supplier), isCode: true },
    { name: 'Worst loss', value: worstLoss(network, isDiscreet) },
    { name: 'Chain', value: network.chainId },
    { name: 'Contract', value: hidden(network.hub), isCode: true },
  ];
}

function worstLoss({ worstLoss: amount, asset }: Network, isDiscreet: boolean): string {
  return amount === 0n
    ? 'Nothing: no Supplier holds a voucher for more than it charged'
    : `At most ${veiled(formatAmount(amount, asset), isDiscreet)}, if Suppliers redeemed all of the vouchers they hold and not only what they charged`;
}
