/** Says in the corner that a model has arrived, on whatever screen its owner is by then. */
import type { Snapshot } from '../../electron/ipc/snapshot.ts';
import type { AppStore } from './app-state.ts';
import { addToast } from './view.ts';

/** @returns what stops following */
export function followDownloads(store: AppStore): () => void {
  return store.subscribe(({ snapshot }, { snapshot: before }) => {
    if (!snapshot || !before || snapshot.models.offered === before.models.offered) return;
    for (const text of arrivals(before, snapshot)) {
      store.setState((state) => addToast(state, { text }));
    }
  });
}

/** A sentence for each download that has ended with its model on the list. */
function arrivals(before: Snapshot, { models, model }: Snapshot): readonly string[] {
  const wasOnItsWay = new Set(
    before.models.offered
      .filter(({ download, modelId }) => download !== null && modelId === null)
      .map(({ id }) => id),
  );
  return models.offered
    .filter(({ id, modelId }) => modelId !== null && wasOnItsWay.has(id))
    .map(({ name, modelId }) =>
      modelId === model.current?.id
        ? `${name} is here and in use. Your next question goes to it.`
        : `${name} is here. Models shows it.`,
    );
}
