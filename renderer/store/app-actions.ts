/** What a person can do outside a conversation: setup, models, engine, endpoint, appearance, notices. */
import type { ExternalServer, ModelInfo, Theme } from '../../electron/ipc/snapshot.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import type { AppStore, SettingsPart, Tab } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { createRun } from './run-command.ts';
import { addToast } from './view.ts';

export interface AppActions {
  readonly showTab: (tab: Tab) => void;
  readonly showSettings: (part: SettingsPart) => void;
  readonly setRailOpen: (open: boolean) => void;
  readonly setFilter: (filter: string) => void;
  readonly dismissToast: (id: number) => void;
  /** Whether it worked. `isShown`: the button itself shows that it did, so that nothing else has to. */
  readonly copy: (text: string, what: string, isShown?: boolean) => Promise<boolean>;
  readonly cancelSetup: () => Promise<void>;
  readonly retrySetup: () => Promise<void>;
  readonly setTheme: (theme: Theme) => Promise<void>;
  readonly probeAgain: () => Promise<void>;
  readonly restartEngine: () => Promise<void>;
  /** Null for our own engine. @returns what is wrong with the address; null when it is in use, or the corner says why not */
  readonly setServer: (server: ExternalServer | null) => Promise<string | null>;
  readonly chooseModel: () => Promise<void>;
  readonly openDroppedModel: (file: File) => Promise<void>;
  readonly useModel: (modelId: string) => Promise<void>;
  readonly forgetModel: (modelId: string) => Promise<void>;
  readonly copyToken: () => Promise<void>;
  readonly openDataFolder: () => Promise<void>;
  readonly dismissNotice: (noticeId: string) => Promise<void>;
}

export type WriteClipboard = (text: string) => Promise<void>;

export function createAppActions(
  bridge: Bridge,
  store: AppStore,
  writeClipboard: WriteClipboard,
): AppActions {
  const { command } = bridge;
  const say = (text: string) => {
    store.setState((state) => addToast(state, { text }));
  };

  const run = createRun(store);

  const sayOpened = (model: ModelInfo | null) => {
    if (model) say(`${model.name} is open. Your next question goes to it.`);
  };

  return {
    showTab: (tab) => {
      store.setState({ tab, settingsPart: null, railOpen: false });
    },
    showSettings: (settingsPart) => {
      store.setState({ tab: 'settings', settingsPart, railOpen: false });
    },
    setRailOpen: (railOpen) => {
      store.setState({ railOpen });
    },
    setFilter: (filter) => {
      store.setState({ filter });
    },
    dismissToast: (id) => {
      store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
    },
    async copy(text, what, isShown = false) {
      try {
        await writeClipboard(text);
        if (!isShown) say(`${what} copied.`);
        return true;
      } catch {
        say(`${what} could not be copied. Select the text and copy it by hand.`);
        return false;
      }
    },
    cancelSetup: () => run(command['setup.cancel']),
    retrySetup: () => run(command['setup.retry']),
    setTheme: (theme) => run(() => command['settings.setTheme']({ theme })),
    probeAgain: () => run(command['engine.probeAgain']),
    restartEngine: () => run(command['engine.restart']),
    async setServer(server) {
      const failure = failureOf(await attempt(() => command['engine.setServer']({ server })));
      if (failure?.code === 'bad-request') return failure.details ?? failure.message;
      if (failure) store.setState((state) => addToast(state, { failure }));
      return null;
    },
    chooseModel: () => run(command['model.choose'], sayOpened),
    openDroppedModel: (file) => run(() => bridge.openDroppedModel(file), sayOpened),
    useModel: (modelId) => run(() => command['model.use']({ modelId })),
    forgetModel: (modelId) => run(() => command['model.forget']({ modelId })),
    copyToken: () =>
      run(command['endpoint.copyToken'], () => {
        say('Token copied. Whoever has it can use the endpoint on this computer.');
      }),
    openDataFolder: () => run(command['app.openDataFolder']),
    dismissNotice: (noticeId) => run(() => command['notice.dismiss']({ noticeId })),
  };
}
