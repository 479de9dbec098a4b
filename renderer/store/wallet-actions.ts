/** What the owner can do with the wallet; secrets are typed in a window of its own and never come here. */
import type { Result } from '../../electron/ipc/result.ts';
import type { Bridge, CommandInput } from '../../electron/ipc/table.ts';
import type { Intent, MoneyAction, WalletAccount } from '../../electron/ipc/wallet.ts';
import type { AppStore } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { createRun } from './run-command.ts';
import { addToast } from './view.ts';

export type WalletPurpose = CommandInput<'wallet.openWindow'>['purpose'];

export interface WalletActions {
  readonly openWallet: (purpose: WalletPurpose) => Promise<void>;
  readonly lockWallet: () => Promise<void>;
  readonly refreshWallet: () => Promise<void>;
  readonly copyAddress: (role: WalletAccount['role']) => Promise<void>;
  /** Decodes what would be signed. Its failure belongs beside the amount, so the caller gets it. Never rejects. */
  readonly prepareMoney: (action: MoneyAction, amount: bigint) => Promise<Result<Intent>>;
  /** Signs and sends what `prepareMoney` has shown. Never rejects. */
  readonly confirmMoney: (intentId: string) => Promise<Result<{ readonly transaction: string }>>;
}

export function createWalletActions(bridge: Bridge, store: AppStore): WalletActions {
  const { command } = bridge;
  const run = createRun(store);
  return {
    openWallet: (purpose) => run(() => command['wallet.openWindow']({ purpose })),
    lockWallet: () => run(command['wallet.lock']),
    async refreshWallet() {
      const failure = failureOf(await attempt(command['wallet.refresh']));
      const shown = store.getState().snapshot?.wallet.failure;
      // Main has put it where the balances are; a second message would only lie above it.
      if (!failure || failure.code === 'cancelled' || failure.code === shown?.code) return;
      store.setState((state) => addToast(state, { failure }));
    },
    copyAddress: (role) =>
      run(
        () => command['wallet.copyAddress']({ role }),
        () => {
          store.setState((state) => addToast(state, { text: 'Address copied.' }));
        },
      ),
    prepareMoney: (action, amount) => attempt(() => command['wallet.prepare']({ action, amount })),
    confirmMoney: (intentId) => attempt(() => command['wallet.confirm']({ intentId })),
  };
}
