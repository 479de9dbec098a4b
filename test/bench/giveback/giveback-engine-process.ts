/** Process entry: the engine process, which also tells when its model really stood still, with each answer to a pause. */
import { z } from 'zod';
import { runEngineWorker } from '../../../electron/engine/engine-worker.ts';
import { loadModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import { processPriority } from '../../../electron/engine/process-priority.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { parentChannel } from '../../../electron/platform/parent-channel.ts';
import { watchModel, type Work } from '../gate/watched-model.ts';
import type { Stood } from './stood.ts';

const paceSchema = z.object({ type: z.literal('pace'), relays: z.number() });
const pacedSchema = z.object({ type: z.literal('paced') });

const channel = parentChannel();
let work: Work = { inFlight: 0, begun: 0, endedMs: 0 };
/** Evaluations that had begun when it said that it stands still; null while it may compute. */
let stillAt: number | null = null;
let share = 1;

runEngineWorker({
  channel: {
    post(message) {
      if (share === 0 && pacedSchema.safeParse(message).success) {
        stillAt = work.begun;
        const { endedMs: atMs, inFlight } = work;
        channel.post({ type: 'stood', atMs, inFlight, begunSince: 0 } satisfies Stood);
      }
      channel.post(message);
    },
    onMessage(listener) {
      channel.onMessage((message) => {
        const pace = paceSchema.safeParse(message);
        if (pace.success) {
          share = pace.data.relays;
          tellIfBroken();
        }
        listener(message);
      });
    },
    onDisconnect(listener) {
      channel.onDisconnect(listener);
    },
  },
  clock: systemClock,
  drawSeed: () => 1,
  lowerPriority: processPriority(process.platform, () => undefined) ?? undefined,
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

/** A word that was not kept. */
function tellIfBroken(): void {
  const { endedMs: atMs, inFlight, begun } = work;
  if (stillAt === null) return;
  const begunSince = begun - stillAt;
  stillAt = null;
  if (begunSince > 0) channel.post({ type: 'stood', atMs, inFlight, begunSince } satisfies Stood);
}
