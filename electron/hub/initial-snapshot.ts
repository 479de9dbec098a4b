/** The snapshot before anything has happened. */
import type { Snapshot } from '../ipc/snapshot.ts';
import { PRACTICE_COIN } from '../protocol/practice-terms.ts';

export function initialSnapshot(app: Snapshot['app']): Snapshot {
  return {
    version: 0,
    app,
    settings: { theme: 'system' },
    setup: { phase: 'running', steps: [], failure: null },
    engine: {
      state: 'unprobed',
      loadProgress: null,
      backend: null,
      device: null,
      layersOffloaded: null,
      layersTotal: null,
      threads: null,
      contextTokens: null,
      sequences: null,
      candidates: [],
      failure: null,
    },
    model: { current: null, known: [] },
    endpoint: { state: 'starting', url: null, tokenPath: null, failure: null },
    network: {
      kind: 'practice',
      state: 'off',
      detail: null,
      failure: null,
      asset: PRACTICE_COIN,
      application: null,
      supplier: null,
      chainId: null,
      hub: null,
      worstLoss: 0n,
    },
    earnings: {
      earned: 0n,
      redeemed: 0n,
      spent: 0n,
      relaysServed: 0,
      relaysAsked: 0,
      hours: [],
      recent: [],
      trial: { state: 'idle', asked: 0, of: 10, failure: null },
      collect: { state: 'idle', failure: null, transaction: null },
    },
    conversations: [],
    notices: [],
  };
}
