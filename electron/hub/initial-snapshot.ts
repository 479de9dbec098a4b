/** The snapshot before anything has happened. */
import type { Snapshot } from '../ipc/snapshot.ts';

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
    conversations: [],
    notices: [],
  };
}
