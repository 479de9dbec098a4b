/** Which count of threads a large model ends up with, given how fast it is with each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelContext } from '../../../electron/engine/model-context.ts';
import { tuneThreads } from '../../../electron/engine/thread-tuning.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

/** A model whose steps take as long as `stepMs` says for the threads that are set; it ends after `length` tokens. */
function createModel(stepMs: (threads: number) => number, length = Infinity) {
  const clock = createManualClock();
  const state = { threads: 0, tried: new Set<number>(), written: 0, open: 0, kept: -1 };
  const context: ModelContext = {
    contextTokens: 512,
    endTexts: [],
    render: () => [1, 2, 3],
    detokenize: () => '',
    sequences: [
      {
        held: () => [],
        keep: (kept) => Promise.resolve((state.kept = kept)),
        canRewind: true,
        save: () => Promise.resolve(),
        load: () => Promise.resolve(),
        prefill: () => Promise.resolve(),
        open() {
          state.open += 1;
          return {
            next() {
              if (state.written >= length) return Promise.resolve(null);
              state.written += 1;
              state.tried.add(state.threads);
              clock.advance(stepMs(state.threads));
              return Promise.resolve({ id: 7, rating: null });
            },
            close() {
              state.open -= 1;
              return Promise.resolve();
            },
          };
        },
      },
    ],
  };
  const setThreads = (threads: number): void => {
    state.threads = threads;
  };
  return { model: { context, setThreads }, clock, state };
}

describe('threads of a large model', () => {
  test('are all that may be used where each of them helps', async () => {
    const { model, clock, state } = createModel((threads) => 800 / threads);
    expect(await tuneThreads(model, 7, clock)).toBe(7);
    expect(state.threads).toBe(7);
    expect([...state.tried]).toEqual([7, 3]);
  });

  test('are the fewest that are nearly as fast as the best', async () => {
    const { model, clock } = createModel((threads) => 100 / Math.min(threads, 3));
    expect(await tuneThreads(model, 15, clock)).toBe(3);
  });

  test('are all that may be used when the model says nothing', async () => {
    for (const length of [0, 1, 3]) {
      const { model, clock, state } = createModel(() => 10, length);
      expect(await tuneThreads(model, 4, clock)).toBe(4);
      expect(state.threads).toBe(4);
    }
  });

  test('are within bounds, set, and leave the sequence empty, whatever the model is like', async () => {
    const speeds = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 64, maxLength: 64 });
    await fc.assert(
      fc.asyncProperty(
        speeds,
        fc.integer({ min: 1, max: 63 }),
        fc.nat(30),
        async (ms, most, length) => {
          const { model, clock, state } = createModel((threads) => ms[threads] ?? 1, length);
          const chosen = await tuneThreads(model, most, clock);
          expect(chosen).toBeGreaterThanOrEqual(1);
          expect(chosen).toBeLessThanOrEqual(most);
          expect(state).toMatchObject({ threads: chosen, open: 0, kept: 0 });
        },
      ),
    );
  });
});
