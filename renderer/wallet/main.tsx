/** Starts the wallet's page: a few steps in a window of their own, and nothing kept behind them. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { walletBridge } from './wallet-bridge.ts';
import { WalletSteps } from './WalletSteps.tsx';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';
import '../styles/segments.css';
import '../styles/wallet-window.css';

const root = document.getElementById('root');
if (!root) throw new Error('wallet.html has no #root');
createRoot(root).render(
  <StrictMode>
    <WalletSteps
      bridge={walletBridge()}
      onClose={() => {
        window.close();
      }}
    />
  </StrictMode>,
);
