/** What a person can do with the network: choose it, earn on it, collect, and look at receipts. */
import type { FailureText, Result } from '../../electron/ipc/result.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import type { AppState, AppStore, ReceiptSheetView, Via } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { addToast } from './view.ts';

export interface NetworkActions {
  readonly setVia: (via: Via) => void;
  readonly tryEarning: () => Promise<void>;
  readonly stopEarning: () => Promise<void>;
  readonly collect: () => Promise<void>;
  readonly openReceipt: (ref: string) => Promise<void>;
  readonly closeReceipt: () => void;
  /** Checks the receipt that is open. */
  readonly verifyReceipt: () => Promise<void>;
  /** Copies the receipt that is open. */
  readonly copyReceipt: () => Promise<void>;
}

type ShownFailure = (state: AppState) => FailureText | null | undefined;

export function createNetworkActions(bridge: Bridge, store: AppStore): NetworkActions {
  const { command } = bridge;

  /** A failure that main has put where it belongs is not told a second time. */
  async function run(start: () => Promise<Result<unknown>>, shown: ShownFailure): Promise<void> {
    const failure = failureOf(await attempt(start));
    if (!failure || failure.code === 'cancelled') return;
    if (shown(store.getState())?.code === failure.code) return;
    store.setState((state) => addToast(state, { failure }));
  }

  /** Asks something of the receipt that is open, one thing at a time; the reply is for that one only. */
  async function onSheet<Value>(
    busy: NonNullable<ReceiptSheetView['busy']>,
    ask: (ref: { readonly ref: string }) => Promise<Result<Value>>,
    take: (value: Value) => Partial<ReceiptSheetView>,
  ): Promise<void> {
    const { receipt: sheet } = store.getState();
    if (!sheet || sheet.busy !== null) return;
    const opened = { ...sheet, busy, failure: null, isCopied: false };
    store.setState({ receipt: opened });
    const result = await attempt(() => ask({ ref: sheet.ref }));
    if (store.getState().receipt !== opened) return;
    const failure = failureOf(result);
    // What an earlier check found must not stand where a later one could not be made.
    const checks = busy === 'checking' ? null : opened.checks;
    const news = result.ok ? take(result.value) : { checks };
    store.setState({ receipt: { ...opened, busy: null, failure, ...news } });
  }

  return {
    setVia: (via) => {
      store.setState({ via });
    },
    tryEarning: () => run(command['earn.try'], ({ snapshot }) => snapshot?.earnings.trial.failure),
    stopEarning: () => run(command['earn.stop'], () => null),
    collect: () =>
      run(command['earn.collect'], ({ snapshot }) => snapshot?.earnings.collect.failure),
    openReceipt: (ref) => {
      const sheet: ReceiptSheetView = {
        ref,
        busy: null,
        receipt: null,
        checks: null,
        failure: null,
        isCopied: false,
      };
      store.setState({ receipt: sheet });
      return onSheet('opening', command['receipt.open'], (receipt) => ({ receipt }));
    },
    closeReceipt: () => {
      store.setState({ receipt: null });
    },
    verifyReceipt: () => onSheet('checking', command['receipt.verify'], (checks) => ({ checks })),
    copyReceipt: () => onSheet('copying', command['receipt.copy'], () => ({ isCopied: true })),
  };
}
