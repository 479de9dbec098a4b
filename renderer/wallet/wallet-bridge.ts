/** The only place that touches what the wallet's preload script put on the window. */
import type { WalletBridge } from '../../electron/ipc/ceremony.ts';

declare global {
  interface Window {
    readonly lullWallet?: WalletBridge;
  }
}

/** @throws Error when the preload script did not run. */
export function walletBridge(): WalletBridge {
  if (!window.lullWallet) throw new Error('the preload script did not run');
  return window.lullWallet;
}
