/** Gives components the store and the actions; each component subscribes to exactly what it shows. */
import { createContext, use, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { AppActions } from './app-actions.ts';
import type { AppState, AppStore } from './app-state.ts';
import type { ChatActions } from './chat-actions.ts';
import type { GovernorActions } from './governor-actions.ts';
import type { ModelsActions } from './models-actions.ts';
import type { NetworkActions } from './network-actions.ts';
import type { OwnerActions } from './owner-actions.ts';
import type { WalletActions } from './wallet-actions.ts';

export type Actions = AppActions &
  ChatActions &
  GovernorActions &
  ModelsActions &
  NetworkActions &
  OwnerActions &
  WalletActions;

export interface App {
  readonly store: AppStore;
  readonly actions: Actions;
  /** Asks main for the whole snapshot again. */
  readonly refresh: () => Promise<void>;
}

const AppContext = createContext<App | null>(null);

export function AppProvider({
  app,
  children,
}: {
  readonly app: App;
  readonly children: ReactNode;
}) {
  return <AppContext value={app}>{children}</AppContext>;
}

/** @throws Error outside of `AppProvider`. */
export function useAppContext(): App {
  const app = use(AppContext);
  if (!app) throw new Error('this component needs AppProvider around it');
  return app;
}

/** The selector must return a primitive or an object that stays the same while nothing changed. */
export function useApp<Value>(selector: (state: AppState) => Value): Value {
  return useStore(useAppContext().store, selector);
}

export function useActions(): Actions {
  return useAppContext().actions;
}
