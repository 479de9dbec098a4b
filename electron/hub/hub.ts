/** Holds the one snapshot, and tells listeners in versioned patches, at most thirty a second. */
import type { Patch, Snapshot } from '../ipc/snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import type { HubEvent } from './events.ts';
import { reduce } from './reduce.ts';

export const PATCH_INTERVAL_MS = 34;

export interface Hub {
  snapshot(): Snapshot;
  dispatch(event: HubEvent): void;
  /** Returns a function that stops listening. Patches follow each other without a gap in `version`. */
  onPatch(listener: (patch: Patch) => void): () => void;
  dispose(): void;
}

export function createHub(initial: Snapshot, clock: Clock): Hub {
  let state = initial;
  /** What listeners have seen. */
  let told = initial;
  let lastPatchMs = -Infinity;
  let stopWaiting: (() => void) | null = null;
  const listeners = new Set<(patch: Patch) => void>();

  function flush(): void {
    stopWaiting = null;
    const changes = differences(told, state);
    if (Object.keys(changes).length === 0) return;
    state = { ...state, version: told.version + 1 };
    told = state;
    lastPatchMs = clock.monotonicMs();
    for (const listener of listeners) listener({ version: state.version, changes });
  }

  return {
    snapshot() {
      // A snapshot taken between two patches must carry everything the next patch would.
      stopWaiting?.();
      flush();
      return state;
    },
    dispatch(event) {
      state = reduce(state, event);
      if (stopWaiting) return;
      const waitMs = Math.max(0, lastPatchMs + PATCH_INTERVAL_MS - clock.monotonicMs());
      stopWaiting = clock.after(waitMs, flush);
    },
    onPatch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      stopWaiting?.();
      listeners.clear();
    },
  };
}

function differences(before: Snapshot, after: Snapshot): Patch['changes'] {
  const changed = Object.entries(after).filter(
    ([key, value]) => key !== 'version' && before[key as keyof Snapshot] !== value,
  );
  return Object.fromEntries(changed);
}
