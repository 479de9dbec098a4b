/** Wires the window once: the store, the mirror of main, the answers and the actions. */
import type { Bridge } from '../../electron/ipc/table.ts';
import { createAppActions, type WriteClipboard } from './app-actions.ts';
import { createAppStore } from './app-state.ts';
import { createChatActions, followAnswers } from './chat-actions.ts';
import { followDownloads } from './download-follower.ts';
import { createMirror } from './mirror.ts';
import { createGovernorActions } from './governor-actions.ts';
import { createModelsActions } from './models-actions.ts';
import { createNetworkActions } from './network-actions.ts';
import { createOwnerActions } from './owner-actions.ts';
import { followPrice, type Later } from './price-follower.ts';
import type { App } from './use-app.tsx';
import { takeSnapshot } from './view.ts';
import { createWalletActions } from './wallet-actions.ts';

export interface RunningApp extends App {
  readonly dispose: () => void;
}

const afterDelay: Later = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
};

export function createApp(
  bridge: Bridge,
  writeClipboard: WriteClipboard,
  later: Later = afterDelay,
): RunningApp {
  const store = createAppStore();
  const stopAnswers = followAnswers(bridge, store);
  const stopDownloads = followDownloads(store);
  const stopPrice = followPrice(bridge, store, later);
  const mirror = createMirror(bridge, {
    onSnapshot: (snapshot) => {
      store.setState((state) => takeSnapshot(state, snapshot));
    },
    onFailure: (startFailure) => {
      store.setState({ startFailure });
    },
  });
  return {
    store,
    actions: {
      ...createAppActions(bridge, store, writeClipboard),
      ...createChatActions(bridge, store),
      ...createGovernorActions(bridge, store),
      ...createModelsActions(bridge, store),
      ...createNetworkActions(bridge, store),
      ...createOwnerActions(bridge, store),
      ...createWalletActions(bridge, store),
    },
    refresh: mirror.refresh,
    dispose: () => {
      mirror.dispose();
      stopPrice();
      stopDownloads();
      stopAnswers();
    },
  };
}
