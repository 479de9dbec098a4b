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
import { openPrefixStore } from './prefix-store-open.ts';
import { tuneThreads } from './thread-tuning.ts';

const SEEDS = 2 ** 31;

if (process.argv.includes(BACKGROUND_ARGUMENT)) setPriority(constants.priority.PRIORITY_LOW);

runEngineWorker({
  channel: parentChannel(),
  clock: systemClock,
  drawSeed: () => randomInt(SEEDS),
  async load(options, onProgress, onLog) {
    if (options.server != null) return loadServer(options, options.server);
    const backend = await openBackend(options.backend, onLog);
    const loaded = await loadModel(backend, options, { onProgress });
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
