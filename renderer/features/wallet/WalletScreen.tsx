/** Wallet: what there is, what can be done with it, whose accounts they are, and the wallet for real networks. */
import { useEffect } from 'react';
import { useActions, useApp } from '../../store/use-app.tsx';
import { Notices } from '../Notices.tsx';
import { AccountsCard } from './AccountsCard.tsx';
import { BalancesCard } from './BalancesCard.tsx';
import { MainWalletCard } from './MainWalletCard.tsx';
import { MoneyCard } from './MoneyCard.tsx';

export function WalletScreen() {
  const started = useApp((state) => state.snapshot !== null);
  const isReady = useApp((state) => state.snapshot?.network.state === 'ready');
  const { refreshWallet } = useActions();
  // Only what runs anyway is asked: looking at this screen starts nothing.
  useEffect(() => {
    if (isReady) void refreshWallet();
  }, [isReady, refreshWallet]);
  return (
    <div className="settings">
      <header className="screen-head">
        <h1>Wallet</h1>
      </header>
      <Notices />
      <div className="settings-scroll" tabIndex={0} role="region" aria-label="Wallet">
        <div className="settings-column">
          {started ? (
            <>
              <BalancesCard />
              <MoneyCard />
              <AccountsCard />
              <MainWalletCard />
            </>
          ) : (
            <p className="quiet" role="status">
              Opening the wallet
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
