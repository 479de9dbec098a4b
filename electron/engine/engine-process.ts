/** Process entry: the engine, one model in a process of its own. */
import { randomInt } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { systemClock } from '../platform/clock.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { BACKGROUND_ARGUMENT } from './engine-env.ts';
import { runEngineWorker } from './engine-worker.ts';
import { loadServer } from './load-server.ts';
import { loadModel } from './llama-adapter.ts';
import { openBackend } from './llama-backend-adapter.ts';
import { llamaPackageVersion } from './llama-package-adapter.ts';
import { processPriority } from './process-priority.ts';
import type { FromEngine } from './messages.ts';
import { openPrefixStore } from './prefix-store-open.ts';
import { tuneThreads } from './thread-tuning.ts';

const SEEDS = 2 ** 31;

const isBackground = process.argv.includes(BACKGROUND_ARGUMENT);
if (isBackground) setPriority(constants.priority.PRIORITY_LOW);
const channel = parentChannel();

runEngineWorker({
  channel,
  lowerPriority: isBackground ? undefined : priorityOfThis(),
  clock: systemClock,
  drawSeed: () => randomInt(SEEDS),
  async load(options, onProgress, onLog) {
    if (options.server != null) return loadServer(options, options.server);
    const backend = await openBackend(options.backend, onLog);
    const loaded = await loadModel(backend, options, {
      ...{ onProgress, clock: systemClock },
      onNote(message) {
        onLog('info', message);
      },
    });
    const { sequences } = loaded.report;
    const engineVersion = llamaPackageVersion();
    const store = await openPrefixStore({ options, sequences, engineVersion }, systemClock);
    const model = { ...loaded, store };
    if (model.tunableThreads === null) return model;
    const threads = await tuneThreads(model, model.tunableThreads, systemClock);
    return { ...model, report: { ...model.report, threads } };
  },
  exit() {
    // Not `process.exit`, which runs destructors of native libraries while their threads still work.
    process.kill(process.pid, 'SIGKILL');
  },
});

function priorityOfThis(): ((isLow: boolean) => void) | undefined {
  const set = processPriority(process.platform, (error) => {
    const message = `its priority could not be changed: ${String(error)}`;
    channel.post({ type: 'log', level: 'warn', message } satisfies FromEngine);
  });
  return set ?? undefined;
}
