/** The wallet for real networks: made, opened and locked in a window of its own, and not needed for practice. */
import type { Wallet } from '../../../electron/ipc/wallet.ts';
import { addressGroups } from '../../format/addresses.ts';
import { useActions, useApp } from '../../store/use-app.tsx';
import { useDiscreet } from '../../store/use-discreet.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { FailureNote } from '../../ui/FailureNote.tsx';
import { Identicon } from '../../ui/Identicon.tsx';

const STATES: Readonly<Record<Wallet['main']['state'], string>> = {
  none: 'There is none yet.',
  locked: 'Locked. Your passphrase unlocks it.',
  unlocked: 'Unlocked, until you lock it, the screen locks or Lull quits.',
};

export function MainWalletCard() {
  const main = useApp((state) => state.snapshot?.wallet.main);
  const isDiscreet = useDiscreet();
  if (!main) return null;
  const { state, address, isBusy, failure } = main;
  return (
    <Card title="Wallet for real networks">
      <p className="quiet">
        Practice does not need it, and no public network exists yet: it can wait.
      </p>
      {failure ? <FailureNote failure={failure} /> : null}
      <p role="status">{isBusy ? 'Its window is open.' : STATES[state]}</p>
      {address === null || isDiscreet ? null : (
        <p className="account-main">
          <Identicon address={address} />
          <code className="address-groups">
            {addressGroups(address).map((group, index) => (
              <span key={`${String(index)} ${group}`}>{group}</span>
            ))}
          </code>
        </p>
      )}
      <MainActions state={state} isBusy={isBusy} />
    </Card>
  );
}

function MainActions({ state, isBusy }: Pick<Wallet['main'], 'state' | 'isBusy'>) {
  const { openWallet, lockWallet } = useActions();
  switch (state) {
    case 'none':
      return (
        <div className="wallet-actions">
          <Button disabled={isBusy} onClick={() => void openWallet('create')}>
            Create…
          </Button>
          <Button disabled={isBusy} onClick={() => void openWallet('import')}>
            Import words…
          </Button>
        </div>
      );
    case 'locked':
      return (
        <div className="wallet-actions">
          <Button disabled={isBusy} onClick={() => void openWallet('unlock')}>
            Unlock…
          </Button>
          <Button disabled={isBusy} onClick={() => void openWallet('import')}>
            Import words…
          </Button>
        </div>
      );
    case 'unlocked':
      return (
        <div className="wallet-actions">
          <Button onClick={() => void lockWallet()}>Lock</Button>
        </div>
      );
  }
}
