import { describe, expect, test } from 'vitest';
import { runEngineWorker, type WorkerModel } from '../../../electron/engine/engine-worker.ts';
import { fromEngineSchema, type FromEngine } from '../../../electron/engine/messages.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { PULSE_LOST_MS } from '../../../electron/platform/heartbeat.ts';
import { createByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';

const OPTIONS = {
  modelPath: '/models/bytes.gguf',
  backend: 'cpu',
  threads: 1,
  tuneThreads: false,
  sequences: 2,
  contextTokens: null,
} as const;

function setUp(load?: () => Promise<WorkerModel>) {
  const clock = createManualClock();
  const said: FromEngine[] = [];
  const state = { exits: 0 };
  let hear: (message: unknown) => void = () => undefined;
  let leave: () => void = () => undefined;
  const model = createByteModel({ sequences: 2 });
  const report = {
    ...{ layersOffloaded: 0, layersTotal: 1, contextTokens: 200, sequences: 2, threads: 1 },
    ...{ deviceNames: [], deviceMemoryBytes: null },
  };
  runEngineWorker({
    channel: {
      post: (message) => said.push(fromEngineSchema.parse(message)),
      onMessage(listener) {
        hear = listener;
      },
      onDisconnect(listener) {
        leave = listener;
      },
    },
    clock,
    drawSeed: () => 3,
    load:
      load ?? (() => Promise.resolve({ context: model, report, prefillTokens: 8, together: true })),
    exit() {
      state.exits += 1;
    },
  });
  const tell = async (message: unknown) => {
    hear(message);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    said,
    state,
    tell,
    model,
    disconnect: () => {
      leave();
    },
  };
}

const generate = (id: number, text = 'hello') => ({
  type: 'generate',
  id,
  request: {
    turns: [{ role: 'user', text }],
    sampling: DEFAULT_SAMPLING,
    maxTokens: 5,
    stop: [],
  },
});

function eventsOf(said: readonly FromEngine[], id: number) {
  const all = said.flatMap((each) => (each.type === 'events' ? each.events : []));
  return all.filter((each) => each.id === id).map((each) => each.event);
}

describe('the engine worker', () => {
  test('loads, then answers each request under its own number', async () => {
    const { said, tell } = setUp();
    await tell({ type: 'load', options: OPTIONS });
    expect(said).toMatchObject([{ type: 'loaded' }]);
    await Promise.all([tell(generate(7)), tell(generate(8))]);
    for (const id of [7, 8]) {
      const events = eventsOf(said, id);
      expect(events[0]).toMatchObject({ type: 'start', seed: 3 });
      expect(events.at(-1)).toMatchObject({ type: 'end' });
    }
  });

  test('refuses what it cannot do, request by request', async () => {
    const { said, tell } = setUp();
    await tell(generate(1));
    expect(said).toMatchObject([{ type: 'failed', id: 1, code: 'no-model' }]);
    await tell({ type: 'load', options: OPTIONS });
    await tell(generate(2, 'x'.repeat(500)));
    expect(said.at(-1)).toMatchObject({ type: 'failed', id: 2, code: 'context-exceeded' });
  });

  test('cancels by number, and ignores numbers that are over', async () => {
    const { said, tell, model } = setUp();
    await tell({ type: 'load', options: OPTIONS });
    const release = model.hold();
    await tell(generate(4));
    await tell({ type: 'cancel', id: 4 });
    expect(eventsOf(said, 4).at(-1)).toMatchObject({ type: 'end', reason: 'cancelled' });
    const before = said.length;
    await tell({ type: 'cancel', id: 4 });
    expect(said).toHaveLength(before);
    release();
  });

  test('paces relays, also those that come when it was told before it had a model', async () => {
    const { said, tell } = setUp();
    await tell({ type: 'pace', id: 1, relays: 0 });
    await tell({ type: 'load', options: OPTIONS });
    const { request } = generate(1);
    await tell({ type: 'generate', id: 1, request: { ...request, relay: { duty: 1 } } });
    await tell(generate(2));
    expect(eventsOf(said, 1)).toEqual([]);
    expect(eventsOf(said, 2).at(-1)?.type).toBe('end');
    await tell({ type: 'pace', id: 2, relays: 1 });
    expect(eventsOf(said, 1).at(-1)?.type).toBe('end');
  });

  test('says why loading failed', async () => {
    const { said, tell } = setUp(() =>
      Promise.reject(new AppError('model-too-large', { details: 'It needs 9 GB.' })),
    );
    await tell({ type: 'load', options: OPTIONS });
    expect(said).toEqual([
      { type: 'load-failed', code: 'model-too-large', details: 'It needs 9 GB.' },
    ]);
  });

  test('logs messages that it does not know, and does nothing else', async () => {
    const { said, tell } = setUp();
    for (const message of [null, 'hi', { type: 'format-disk' }, { ...generate(1), more: 1 }]) {
      await tell(message);
    }
    expect(said.map((each) => each.type)).toEqual(['log', 'log', 'log', 'log']);
  });

  test('answers pulses and ends when they stop, or when its parent is gone', async () => {
    const { said, state, tell, clock, disconnect } = setUp();
    await tell({ type: 'pulse' });
    expect(said).toEqual([{ type: 'alive' }]);
    clock.advance(PULSE_LOST_MS - 1);
    expect(state.exits).toBe(0);
    // It looks every quarter of that time, and the first look proves nothing.
    clock.advance(PULSE_LOST_MS / 4 + 1);
    expect(state.exits).toBe(1);
    disconnect();
    expect(state.exits).toBe(2);
  });

  test('ends when the model breaks, after everybody was told', async () => {
    const { said, state, tell, model } = setUp();
    await tell({ type: 'load', options: OPTIONS });
    model.break();
    await tell(generate(1));
    expect(said.at(-1)).toMatchObject({ type: 'failed', id: 1, code: 'engine-crashed' });
    expect(state.exits).toBe(1);
  });
});
