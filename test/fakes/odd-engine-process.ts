/** Process entry: the engine's worker with a model that takes its time over each step, and can be deaf to main. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runEngineWorker } from '../../electron/engine/engine-worker.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { parentChannel } from '../../electron/platform/parent-channel.ts';
import { createByteModel } from './byte-model.ts';

/** `deaf` hears of neither a pause nor a cancellation; the others hear of everything. */
const how = z.enum(['well', 'deaf', 'loads for ever']).parse(process.env['LULL_ODD_ENGINE']);
const stepMs = Number(process.env['LULL_STEP_MS'] ?? '1');
const unheard = z.object({ type: z.enum(['pace', 'cancel']) });

// What a stuck native loop does with it.
process.on('SIGTERM', () => undefined);

const channel = parentChannel();
const plain = createByteModel({ contextTokens: 100_000, sequences: 2, next: () => 97 });

runEngineWorker({
  channel: {
    post(message) {
      channel.post(message);
    },
    onMessage(listener) {
      channel.onMessage((message) => {
        if (how === 'deaf' && unheard.safeParse(message).success) return;
        listener(message);
      });
    },
    onDisconnect(listener) {
      channel.onDisconnect(listener);
    },
  },
  clock: systemClock,
  drawSeed: () => 1,
  async load(_options, onProgress) {
    onProgress(0.5);
    if (how === 'loads for ever') await new Promise(() => undefined);
    const sequences = plain.sequences.map((port) => ({
      ...port,
      open(tokens: readonly number[], options: Parameters<typeof port.open>[1]) {
        const source = port.open(tokens, options);
        return {
          async next() {
            await sleep(stepMs);
            return source.next();
          },
          close: () => source.close(),
        };
      },
    }));
    return {
      context: { ...plain, sequences },
      report: {
        ...{ layersOffloaded: 0, layersTotal: 1, contextTokens: 100_000, sequences: 2, threads: 1 },
        ...{ deviceNames: [], deviceMemoryBytes: null },
      },
      prefillTokens: 512,
      together: true,
    };
  },
  exit() {
    process.kill(process.pid, 'SIGKILL');
  },
});
