/** Wires the window once: the store, the mirror of main, the answers and the actions. */
import type { Bridge } from '../../electron/ipc/table.ts';
import { createAppActions, type WriteClipboard } from './app-actions.ts';
import { createAppStore } from './app-state.ts';
import { createChatActions, followAnswers } from './chat-actions.ts';
import { createMirror } from './mirror.ts';
import type { App } from './use-app.tsx';
import { takeSnapshot } from './view.ts';

export interface RunningApp extends App {
  readonly dispose: () => void;
}

export function createApp(bridge: Bridge, writeClipboard: WriteClipboard): RunningApp {
  const store = createAppStore();
  const stopAnswers = followAnswers(bridge, store);
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
    },
    refresh: mirror.refresh,
    dispose: () => {
      mirror.dispose();
      stopAnswers();
    },
  };
}
