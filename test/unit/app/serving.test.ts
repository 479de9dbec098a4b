/** What a node offers to peers while its owner opens one model after the other. */
import { describe, expect, it } from 'vitest';
import { createServing } from '../../../electron/app/serving.ts';
import { createHub } from '../../../electron/hub/hub.ts';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import type { ServedModel } from '../../../electron/protocol/wire-peer.ts';
import { FAKE_MODEL, FAKE_STARTER, fakeSnapshot } from '../../fakes/fake-snapshot.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { quiet } from '../../fakes/settle.ts';

const BIG_HASH = `0x${'aa'.repeat(32)}` as const;
const SMALL_HASH = `0x${'bb'.repeat(32)}` as const;
const PATCH_MS = 1_000;

function start() {
  const clock = createManualClock();
  const hub = createHub(fakeSnapshot(), clock);
  const bigFile = Promise.withResolvers<typeof BIG_HASH>();
  const state: { model: ModelInfo | null; served: ServedModel | null } = {
    model: FAKE_STARTER,
    served: null,
  };
  const serving = createServing({
    hub,
    library: { current: () => state.model },
    preparation: { ready: () => Promise.resolve() },
    hashes: {
      sha256Of: ({ path }) =>
        path === FAKE_MODEL.path ? bigFile.promise : Promise.resolve(SMALL_HASH),
    },
    market: async () => ({
      served: () => state.served,
      setServed: (model) => {
        state.served = model;
      },
      setServing: () => undefined,
    }),
    log: createMemoryLog(),
  });
  const open = async (model: ModelInfo | null): Promise<void> => {
    state.model = model;
    hub.dispatch({ type: 'models-changed', current: model, known: [] });
    clock.advance(PATCH_MS);
    await quiet();
  };
  return { serving, state, open, bigFile };
}

describe('serving', () => {
  it('offers what was opened last, though a large file opened before it takes long to hash', async () => {
    const { serving, state, open, bigFile } = start();
    await serving.start();
    await open(FAKE_MODEL);
    await open(FAKE_STARTER);
    bigFile.resolve(BIG_HASH);
    await quiet();
    expect(state.served?.ggufSha256).toBe(SMALL_HASH);
  });

  it('offers nothing any more when no model is left', async () => {
    const { serving, state, open } = start();
    await serving.start();
    expect(state.served?.ggufSha256).toBe(SMALL_HASH);
    await open(null);
    expect(state.served).toBe(null);
  });

  it('offers another model for as long as it serves', async () => {
    const { serving, state, open, bigFile } = start();
    bigFile.resolve(BIG_HASH);
    await serving.start();
    await open(FAKE_MODEL);
    expect(state.served?.ggufSha256).toBe(BIG_HASH);
    serving.stop();
    await open(FAKE_STARTER);
    expect(state.served?.ggufSha256).toBe(BIG_HASH);
  });
});
