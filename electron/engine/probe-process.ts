/** Process entry: tries one backend with the test model and may die in the attempt. */
import os from 'node:os';
import type { BackendName } from '../ipc/snapshot.ts';
import { systemClock } from '../platform/clock.ts';
import { PULSE_LOST_MS, watchPulse } from '../platform/heartbeat.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { classifyDevice } from './devices.ts';
import { loadModel, type LoadedModel } from './llama-adapter.ts';
import { openBackend, type LlamaBackend } from './llama-backend-adapter.ts';
import { isBackendIncluded } from './llama-package-adapter.ts';
import { toProbeSchema, type FromProbe, type ProbeTask } from './probe-messages.ts';
import { decodeSpeed, greedyAnswer } from './speed.ts';
import { chooseThreads, measureThreads } from './threads.ts';

const CONTEXT_TOKENS = 512;
/** Long enough to tell backends apart, short enough that a slow one does not hold up the first start. */
const SPEED_RUN = { tokens: 64, budgetMs: 1000 };
const THREAD_RUN = { tokens: 32, budgetMs: 250 };
const THREADS_BUDGET_MS = 1500;

const channel = parentChannel();
const post = (message: FromProbe) => {
  channel.post(message);
};
const exit = () => {
  process.kill(process.pid, 'SIGKILL');
};
const pulse = watchPulse(systemClock, PULSE_LOST_MS, exit);
channel.onDisconnect(exit);

channel.onMessage((raw) => {
  const message = toProbeSchema.safeParse(raw);
  if (!message.success) return;
  if (message.data.type === 'pulse') pulse.beat();
  else void probe(message.data.task);
});

async function probe(task: ProbeTask): Promise<void> {
  try {
    const included = isBackendIncluded(task.backend);
    if (!included) {
      post({ type: 'opened', included, devices: 0 });
      return;
    }
    const backend = await openBackend(task.backend, () => undefined);
    post({ type: 'opened', included, devices: backend.devices.length });
    const [device] = backend.devices;
    if (device === undefined) return;
    post({ type: 'device', device: classifyDevice(task.backend, device) });
    await tryModel(backend, task);
  } catch (error) {
    post({ type: 'failed', details: error instanceof Error ? describe(error) : String(error) });
  }
}

async function tryModel(backend: LlamaBackend, task: ProbeTask): Promise<void> {
  const cores = Math.min(backend.physicalCores, os.availableParallelism());
  const model = await loadModel(backend, loadOptions(task.backend, task.modelPath, cores), {
    onProgress: () => undefined,
    gpuLayers: 'max',
  });
  const threads = task.backend === 'cpu' ? await bestThreads(model, cores) : null;
  if (threads !== null) {
    model.setThreads(threads);
    post({ type: 'threads', threads });
  }
  const answer = await greedyAnswer(model.context, task.turns, task.answerTokens);
  const tokensPerSecond = await decodeSpeed(model.context, systemClock, SPEED_RUN);
  const { layersOffloaded, layersTotal } = model.report;
  post({
    type: 'measured',
    measurement: { layersOffloaded, layersTotal, answer, tokensPerSecond, threads },
  });
}

function loadOptions(backend: BackendName, modelPath: string, cores: number) {
  const threads = backend === 'cpu' ? cores : 1;
  const one = { threads, tuneThreads: false, sequences: 1 };
  return { modelPath, backend, ...one, contextTokens: CONTEXT_TOKENS };
}

async function bestThreads(model: LoadedModel, cores: number): Promise<number> {
  const startMs = systemClock.monotonicMs();
  // The first run pays for pages of the model that were not read yet.
  await decodeSpeed(model.context, systemClock, THREAD_RUN);
  const samples = await measureThreads(
    cores,
    (threads) => {
      model.setThreads(threads);
      return decodeSpeed(model.context, systemClock, THREAD_RUN);
    },
    () => systemClock.monotonicMs() - startMs > THREADS_BUDGET_MS,
  );
  return chooseThreads(samples);
}

function describe(error: Error): string {
  const details = 'details' in error && typeof error.details === 'string' ? error.details : '';
  return details === '' ? error.message : details;
}
