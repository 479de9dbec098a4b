/** Process entry: the engine process, which also tells when it really stood still after a pause or a cancellation. */
import { z } from 'zod';
import { runEngineWorker } from '../../../electron/engine/engine-worker.ts';
import { loadModel } from '../../../electron/engine/llama-adapter.ts';
import { openBackend } from '../../../electron/engine/llama-backend-adapter.ts';
import type { ModelContext, SequencePort } from '../../../electron/engine/model-context.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { parentChannel } from '../../../electron/platform/parent-channel.ts';
import { sharedMs, type Stopped } from './shared-clock.ts';

/** Two steps follow each other at once: whoever stands still for so long stands still. */
const STILL_MS = 20;
const stopSchema = z.union([
  z.object({ type: z.literal('cancel') }),
  z.object({ type: z.literal('pace'), relays: z.literal(0) }),
]);

const channel = parentChannel();
const work = { inFlight: 0, begun: 0, endedMs: 0 };

async function watched<Value>(evaluation: Promise<Value>): Promise<Value> {
  work.inFlight += 1;
  work.begun += 1;
  try {
    return await evaluation;
  } finally {
    work.inFlight -= 1;
    work.endedMs = sharedMs();
  }
}

function watchedPort(port: SequencePort): SequencePort {
  return {
    held: () => port.held(),
    keep: (length) => port.keep(length),
    get canRewind() {
      return port.canRewind;
    },
    save: (path) => port.save(path),
    load: (path) => port.load(path),
    prefill: (tokens) => watched(port.prefill(tokens)),
    open(tokens, options) {
      const source = port.open(tokens, options);
      return { next: () => watched(source.next()), close: () => source.close() };
    },
  };
}

function watchedModel(context: ModelContext): ModelContext {
  return { ...context, sequences: context.sequences.map(watchedPort) };
}

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
    return { ...loaded, context: watchedModel(loaded.context) };
  },
  exit() {
    process.kill(process.pid, 'SIGKILL');
  },
});
