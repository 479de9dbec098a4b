/** Wallet: what there is, what can be done with it, whose accounts they are, and the wallet for real networks. */
import { useEffect } from 'react';
import { useActions, useApp } from '../../store/use-app.tsx';
import { CardScreen } from '../CardScreen.tsx';
import { AccountsCard } from './AccountsCard.tsx';
import { BalancesCard } from './BalancesCard.tsx';
import { MainWalletCard } from './MainWalletCard.tsx';
import { MoneyCard } from './MoneyCard.tsx';

export function WalletScreen() {
  const isReady = useApp((state) => state.snapshot?.network.state === 'ready');
  const { refreshWallet } = useActions();
  // Only what runs anyway is asked: looking at this screen starts nothing.
  useEffect(() => {
    if (isReady) void refreshWallet();
  }, [isReady, refreshWallet]);
  return (
    <CardScreen title="Wallet" waiting="Opening the wallet">
      <BalancesCard />
      <MoneyCard />
      <AccountsCard />
      <MainWalletCard />
    </CardScreen>
  );
}
