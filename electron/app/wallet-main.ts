/** The wallet for real networks: its window, its state in the hub, and its lock. */
import type { BrowserWindow } from 'electron';
import type { Hub } from '../hub/hub.ts';
import type { Purpose } from '../ipc/ceremony.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import { createWalletWindow } from '../shell/wallet-window.ts';
import { createMainWallet } from '../wallet/main-wallet.ts';

export interface WalletMainOptions {
  readonly hub: Hub;
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly log: Log;
  /** Holds the vault. */
  readonly folder: string;
  /** Of the wallet's window. */
  readonly preloadPath: string;
  readonly iconPath: string;
  readonly parent: () => BrowserWindow | null;
}

export interface WalletMain {
  /** Opens the window, or brings the one that is open to the front. */
  open(purpose: Purpose): Promise<void>;
  /** Closes the window; the key is gone when this returns. */
  lock(): void;
  dispose(): void;
}

export function composeWalletMain(options: WalletMainOptions): WalletMain {
  const { hub } = options;
  const wallet = createMainWallet(options);
  let isBusy = false;

  function show(): void {
    const { state, address, failure } = wallet.state();
    const main = { state, address, isBusy, failure: failure && failureText(failure) };
    hub.dispatch({ type: 'wallet-changed', change: { main } });
  }

  const window = createWalletWindow({
    ...options,
    converse: wallet.converse,
    onBusy(busy) {
      isBusy = busy;
      show();
    },
  });
  wallet.onChange(show);
  show();
  return {
    open: window.open,
    lock() {
      window.close();
      wallet.lock();
    },
    dispose() {
      window.close();
      wallet.dispose();
    },
  };
}
