/** What a node offers to peers while its owner opens one model after the other. */
import { describe, expect, it } from 'vitest';
import { chatSamplingFor } from '../../../electron/app/chat-sampling.ts';
import { createServing, relayEngine } from '../../../electron/app/serving.ts';
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
const NOTHING = { prompt: 1, cached: 0, output: 0 };
const ASKED = {
  turns: [{ role: 'user', text: 'Hello' }],
  sampling: chatSamplingFor(SMALL_HASH),
  maxTokens: 8,
  stop: [],
} as const;

function start() {
  const clock = createManualClock();
  const hub = createHub(fakeSnapshot(), clock);
  const bigFile = Promise.withResolvers<typeof BIG_HASH>();
  const state: { model: ModelInfo | null; served: ServedModel | null; isOffering: boolean } = {
    model: FAKE_STARTER,
    served: null,
    isOffering: false,
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
    onOffering: (isOffering) => {
      state.isOffering = isOffering;
    },
    log: createMemoryLog(),
  });
  const open = async (model: ModelInfo | null): Promise<void> => {
    state.model = model;
    hub.dispatch({ type: 'models-changed', current: model, known: [] });
    clock.advance(PATCH_MS);
    await quiet();
  };
  return { serving, state, open, bigFile, hub, clock };
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

  it('offers nothing while the file of another model is still being read', async () => {
    const { serving, state, open, bigFile } = start();
    await serving.start();
    expect(state.isOffering).toBe(true);
    await open(FAKE_MODEL);
    expect(state).toMatchObject({ served: null, isOffering: false });
    bigFile.resolve(BIG_HASH);
    await quiet();
    expect(state).toMatchObject({ served: { ggufSha256: BIG_HASH }, isOffering: true });
    serving.stop();
    expect(state.isOffering).toBe(false);
  });

  it('goes on offering the same model when only the list of models changes', async () => {
    const { serving, state, open } = start();
    await serving.start();
    const before = state.served;
    await open({ ...FAKE_STARTER });
    expect(state.served).toBe(before);
    expect(state.isOffering).toBe(true);
  });
});

describe('the profile of what is served', () => {
  it('changes with the number format of keys and values', async () => {
    const { serving, state, hub, clock } = start();
    await serving.start();
    const before = state.served?.profile;
    hub.dispatch({
      type: 'settings-changed',
      change: { engine: { kvType: 'q8_0', server: null } },
    });
    clock.advance(PATCH_MS);
    await quiet();
    expect(state.served?.profile).toMatch(/^0x[0-9a-f]{64}$/);
    expect(state.served?.profile).not.toBe(before);
  });
});

/** Who asks, and what for. */
const FROM = { cacheKey: `0x${'ab'.repeat(20)}`, holdSeconds: 60, topLogprobs: 2 } as const;

describe('the engine of a relay', () => {
  it('asks for an answer that can be drawn again', async () => {
    const asked: unknown[] = [];
    const engine = relayEngine({
      engine: {
        async *generate(request) {
          asked.push(request);
          yield await Promise.resolve({ type: 'start', seed: 1, counts: NOTHING } as const);
        },
      },
      library: { current: () => FAKE_STARTER },
      preparation: { ready: () => Promise.resolve() },
      hashes: { sha256Of: () => Promise.resolve(SMALL_HASH) },
    });
    const request = { ...ASKED, ...FROM, ggufSha256: SMALL_HASH, relay: { duty: 1 } } as const;
    const events = engine.generate(request, new AbortController().signal);
    await events[Symbol.asyncIterator]().next();
    expect(asked).toEqual([{ ...ASKED, ...FROM, relay: { duty: 1 }, isReplayable: true }]);
  });

  it('lets no other model answer than the one that was asked for', async () => {
    const model: { current: ModelInfo } = { current: FAKE_STARTER };
    const engine = relayEngine({
      engine: {
        async *generate() {
          // Its owner opens another one while the engine is being started.
          model.current = FAKE_MODEL;
          yield await Promise.resolve({ type: 'start', seed: 1, counts: NOTHING } as const);
        },
      },
      library: { current: () => model.current },
      preparation: { ready: () => Promise.resolve() },
      hashes: { sha256Of: () => Promise.resolve(SMALL_HASH) },
    });
    const request = { ...ASKED, ...FROM, ggufSha256: SMALL_HASH, relay: { duty: 1 } } as const;
    const events = engine.generate(request, new AbortController().signal);
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'engine-restarted',
    });
  });
});
