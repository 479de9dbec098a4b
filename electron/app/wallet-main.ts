/** The wallet for real networks: its window, its state in the hub, and its lock. */
import { powerMonitor, type BrowserWindow } from 'electron';
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
  /** Whoever left the computer alone left the key, too; a window in which something is typed may stay. */
  function lockUnattended(): void {
    if (wallet.state().state === 'unlocked') wallet.lock();
  }

  wallet.onChange(show);
  show();
  powerMonitor.on('lock-screen', lockUnattended);
  powerMonitor.on('suspend', lockUnattended);
  return {
    open: window.open,
    lock() {
      window.close();
      wallet.lock();
    },
    dispose() {
      powerMonitor.off('lock-screen', lockUnattended);
      powerMonitor.off('suspend', lockUnattended);
      window.close();
      wallet.dispose();
    },
  };
}
