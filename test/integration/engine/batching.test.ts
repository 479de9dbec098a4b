/** How full the batches really are, counted where node-llama-cpp fills them. */
import { expect, test } from 'vitest';
import { loadModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { createScheduler, type Scheduler } from '../../../electron/engine/scheduler.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';

const SEQUENCES = 4;

function write(scheduler: Scheduler, text: string, seed: number, maxTokens: number) {
  return new Promise<number>((resolve, reject) => {
    scheduler.submit(
      {
        turns: [{ role: 'user', text }],
        sampling: { ...DEFAULT_SAMPLING, temperature: 1.2, seed },
        maxTokens,
        stop: [],
      },
      {
        onEvent(event) {
          if (event.type === 'end') resolve(event.counts.output);
        },
        onError: reject,
      },
    );
  });
}

test('every step is one batch with every sequence in it, prompts included', async () => {
  const batches: { readonly sequences: number; readonly tokens: number }[] = [];
  const backend = await openBackend('cpu', () => undefined);
  const options = {
    backend: 'cpu',
    threads: 1,
    tuneThreads: false,
    sequences: SEQUENCES,
    contextTokens: 1024,
  } as const;
  const model = await loadModel(
    backend,
    { ...options, modelPath: STARTER_PATH },
    {
      onProgress: () => undefined,
      onBatch: (sequences, tokens) => batches.push({ sequences, tokens }),
    },
  );
  const scheduler = createScheduler(
    model.context,
    { clock: systemClock, drawSeed: () => 1, onBroken: () => undefined },
    { prefillTokens: model.prefillTokens, waiting: 8, together: true, stepMs: 60_000 },
  );
  const limits = [60, 60, 60, 60];
  const outputs = await Promise.all(
    limits.map((limit, index) => write(scheduler, 'Write a long story.', index + 1, limit)),
  );
  const shortest = Math.min(...outputs);
  expect(shortest).toBeGreaterThan(20);
  const full = batches.filter(({ sequences }) => sequences === SEQUENCES);
  // While all four write, each batch has all four; only joining and leaving makes smaller ones.
  expect(full.length).toBeGreaterThanOrEqual(shortest - 2 * SEQUENCES);
  const sampled = outputs.reduce((sum, output) => sum + output, 0);
  expect(batches.length).toBeLessThan(Math.max(...outputs) + 3 * SEQUENCES);
  expect(batches.length).toBeLessThan(sampled / 2);

  batches.length = 0;
  const busy = write(scheduler, 'Write a long story.', 5, 100);
  await write(scheduler, 'word '.repeat(400), 6, 1);
  await busy;
  const reading = batches.filter(({ tokens }) => tokens > 1);
  // The long prompt never takes more than its budget of a step, and the writer is in each of them.
  expect(Math.max(...reading.map(({ tokens }) => tokens))).toBeLessThanOrEqual(
    model.prefillTokens + SEQUENCES,
  );
  const together = reading.filter(({ sequences }) => sequences === 2);
  expect(together.length).toBeGreaterThanOrEqual(Math.floor(400 / model.prefillTokens) - 1);

  await scheduler.dispose();
  await model.dispose();
  await backend.dispose();
});
