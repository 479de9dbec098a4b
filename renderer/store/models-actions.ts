/** What the owner can do on the models screen: fetching, finding, measuring, and what is kept on the disk. */
import type { KvType } from '../../electron/ipc/snapshot.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import type { AppStore } from './app-state.ts';
import { attempt, failureOf } from './attempt.ts';
import { createRun } from './run-command.ts';
import { addToast } from './view.ts';

export interface ModelsActions {
  /** Begins, or goes on with what is there. */
  readonly downloadModel: (id: string) => Promise<void>;
  readonly pauseDownload: (id: string) => Promise<void>;
  /** Takes it off the disk: what has arrived of a download, or the file of a model. */
  readonly removeModel: (id: string) => Promise<void>;
  /** Asks the model hub over the internet. What comes back stays in the state. */
  readonly searchModels: (text: string) => Promise<void>;
  /** One of the last search's files. */
  readonly downloadFound: (id: string) => Promise<void>;
  readonly importModel: () => Promise<void>;
  /** Null for no limit. */
  readonly setDownloadLimit: (bytesPerSecond: number | null) => Promise<void>;
  /** Begins to measure the current model; while that goes on, ends it. */
  readonly calibrate: () => Promise<void>;
  readonly cleanUpModels: () => Promise<void>;
  readonly openModelsFolder: () => Promise<void>;
  readonly setKvType: (kvType: KvType) => Promise<void>;
}

export function createModelsActions({ command }: Bridge, store: AppStore): ModelsActions {
  const run = createRun(store);
  let searches = 0;

  async function searchModels(text: string): Promise<void> {
    const turn = ++searches;
    store.setState({ modelSearch: { state: 'searching', text, results: [], failure: null } });
    const result = await attempt(() => command['models.search']({ text }));
    // Whoever searched again meanwhile waits for that.
    if (turn !== searches) return;
    const modelSearch = result.ok
      ? { state: 'done' as const, text, results: result.value, failure: null }
      : { state: 'failed' as const, text, results: [], failure: failureOf(result) };
    store.setState({ modelSearch });
  }

  return {
    downloadModel: (id) => run(() => command['models.download']({ id })),
    pauseDownload: (id) => run(() => command['models.pause']({ id })),
    removeModel: (id) => run(() => command['models.remove']({ id })),
    searchModels,
    downloadFound: (id) => run(() => command['models.downloadFound']({ id })),
    importModel: () =>
      run(command['models.import'], (model) => {
        if (!model) return;
        const text = `${model.name} is open. Your next question goes to it.`;
        store.setState((state) => addToast(state, { text }));
      }),
    setDownloadLimit: (bytesPerSecond) => run(() => command['models.setLimit']({ bytesPerSecond })),
    calibrate: () => run(command['models.calibrate']),
    cleanUpModels: () => run(command['models.cleanUp']),
    openModelsFolder: () => run(command['models.openFolder']),
    setKvType: (kvType) => run(() => command['settings.setKvType']({ kvType })),
  };
}
