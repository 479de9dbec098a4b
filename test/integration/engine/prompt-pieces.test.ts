/** A prompt read in other pieces gives the same text: on a processor exactly, which is what lets the step adapt. */
import { expect, test } from 'vitest';
import { loadModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { createScheduler } from '../../../electron/engine/scheduler.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING, type TokenLogprob } from '../../../electron/protocol/generate.ts';
import { STARTER_PATH } from '../../fakes/starter-path.ts';

const PIECES = [33, 64, 512];
const PROMPT = `${'The king and the fox went to sea. '.repeat(40)}What happened to them?`;

interface Written {
  readonly ids: readonly number[];
  readonly logprobs: readonly TokenLogprob[];
}

test.each(['f16', 'q8_0'] as const)(
  'with %s keys and values, whatever a step has time for',
  async (kvType) => {
    const backend = await openBackend('cpu', () => undefined);
    const options = {
      modelPath: STARTER_PATH,
      backend: 'cpu',
      threads: 1,
      tuneThreads: false,
      sequences: 1,
      contextTokens: 1024,
      kvType,
    } as const;
    const model = await loadModel(backend, options, { onProgress: () => undefined });
    const read = async (most: number): Promise<Written> => {
      const scheduler = createScheduler(
        model.context,
        { clock: systemClock, drawSeed: () => 1, onBroken: () => undefined },
        { prefillTokens: most, waiting: 1, together: false, stepMs: 60_000 },
      );
      const ids: number[] = [];
      const logprobs: TokenLogprob[] = [];
      await new Promise<void>((resolve, reject) => {
        const request = {
          turns: [{ role: 'user', text: PROMPT }] as const,
          sampling: { ...DEFAULT_SAMPLING, temperature: 0, seed: 1 },
          ...{ maxTokens: 12, stop: [], topLogprobs: 3, cacheKey: `pieces of ${String(most)}` },
        };
        scheduler.submit(request, {
          onEvent(event) {
            if (event.type === 'tokens') {
              ids.push(...event.tokenIds);
              logprobs.push(...(event.logprobs ?? []));
            }
            if (event.type === 'end') resolve();
          },
          onError: reject,
        });
      });
      await scheduler.dispose();
      return { ids, logprobs };
    };
    const small = await read(4);
    expect(small.ids.length).toBeGreaterThan(5);
    expect(small.logprobs).toHaveLength(small.ids.length);
    for (const most of PIECES.filter((each) => each <= model.prefillTokens)) {
      expect(await read(most)).toEqual(small);
    }
    await model.dispose();
    await backend.dispose();
  },
  60_000,
);
