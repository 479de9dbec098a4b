/** Process entry: the engine process, which also tells when it really stood still after a pause or a cancellation. */
import { z } from 'zod';
import { runEngineWorker } from '../../../electron/engine/engine-worker.ts';
import { loadModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { parentChannel } from '../../../electron/platform/parent-channel.ts';
import type { Stopped } from './shared-clock.ts';
import { watchModel, type Work } from './watched-model.ts';

/** Two steps follow each other at once: whoever stands still for so long stands still. */
const STILL_MS = 20;
const stopSchema = z.union([
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('pace'), relays: z.literal(0) }),
]);

const channel = parentChannel();
let work: Work = { inFlight: 0, begun: 0, endedMs: 0 };

function tellWhenStill(): void {
  const { begun, inFlight } = work;
  setTimeout(() => {
    if (inFlight > 0 || work.begun !== begun) {
      tellWhenStill();
      return;
    }
    channel.post({ type: 'stopped', atMs: work.endedMs } satisfies Stopped);
  }, STILL_MS);
}

runEngineWorker({
  channel: {
    post(message) {
      channel.post(message);
    },
    onMessage(listener) {
      channel.onMessage((message, ports) => {
        listener(message, ports);
        if (stopSchema.safeParse(message).success) tellWhenStill();
      });
    },
    onDisconnect(listener) {
      channel.onDisconnect(listener);
    },
  },
  clock: systemClock,
  drawSeed: () => 1,
  async load(options, onProgress, onLog) {
    const backend = await openBackend(options.backend, onLog);
    const loaded = await loadModel(backend, options, { onProgress });
    const watched = watchModel(loaded.context);
    work = watched.work;
    return { ...loaded, context: watched.context };
  },
  exit() {
    process.kill(process.pid, 'SIGKILL');
  },
});
