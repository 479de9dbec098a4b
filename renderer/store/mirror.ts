/** Keeps a copy of main's snapshot: applies patches in order and fetches it again when one is missing. */
import type { FailureText } from '../../electron/ipc/result.ts';
import type { Patch, Snapshot } from '../../electron/ipc/snapshot.ts';
import type { Bridge } from '../../electron/ipc/table.ts';
import { attempt, failureOf } from './attempt.ts';

export type PatchOutcome =
  | { readonly kind: 'applied'; readonly snapshot: Snapshot }
  /** Already contained in the snapshot. */
  | { readonly kind: 'stale' }
  /** A patch before this one never arrived. */
  | { readonly kind: 'gap' };

export function applyPatch(snapshot: Snapshot, patch: Patch): PatchOutcome {
  if (patch.version <= snapshot.version) return { kind: 'stale' };
  if (patch.version > snapshot.version + 1) return { kind: 'gap' };
  const { changes } = patch;
  return {
    kind: 'applied',
    snapshot: {
      version: patch.version,
      app: changes.app ?? snapshot.app,
      settings: changes.settings ?? snapshot.settings,
      setup: changes.setup ?? snapshot.setup,
      engine: changes.engine ?? snapshot.engine,
      model: changes.model ?? snapshot.model,
      models: changes.models ?? snapshot.models,
      endpoint: changes.endpoint ?? snapshot.endpoint,
      network: changes.network ?? snapshot.network,
      earnings: changes.earnings ?? snapshot.earnings,
      status: changes.status ?? snapshot.status,
      governor: changes.governor ?? snapshot.governor,
      wallet: changes.wallet ?? snapshot.wallet,
      doctor: changes.doctor ?? snapshot.doctor,
      conversations: changes.conversations ?? snapshot.conversations,
      notices: changes.notices ?? snapshot.notices,
    },
  };
}

export interface MirrorListener {
  readonly onSnapshot: (snapshot: Snapshot) => void;
  readonly onFailure: (failure: FailureText) => void;
}

export interface Mirror {
  /** Asks for the whole snapshot; used at the start and when somebody presses Try again. */
  refresh(): Promise<void>;
  dispose(): void;
}

/** Listens first and asks second, so that no patch falls between the two. */
export function createMirror(bridge: Bridge, listener: MirrorListener): Mirror {
  let current: Snapshot | null = null;
  let fetching = false;
  let waiting: Patch[] = [];

  function show(snapshot: Snapshot): void {
    current = snapshot;
    listener.onSnapshot(snapshot);
  }

  function take(patch: Patch): void {
    if (!current || fetching) {
      waiting.push(patch);
      return;
    }
    const outcome = applyPatch(current, patch);
    if (outcome.kind === 'applied') show(outcome.snapshot);
    if (outcome.kind === 'gap') {
      waiting.push(patch);
      void refresh();
    }
  }

  async function refresh(): Promise<void> {
    if (fetching) return;
    fetching = true;
    const result = await attempt(() => bridge.command['app.snapshot']());
    fetching = false;
    if (!result.ok) {
      const failure = failureOf(result);
      if (failure) listener.onFailure(failure);
      return;
    }
    show(result.value);
    const late = waiting;
    waiting = [];
    for (const patch of late) take(patch);
  }

  const stop = bridge.on['hub.patch'](take);
  return { refresh, dispose: stop };
}
