/** Tries one backend and device in a process of its own, whatever may happen to it. */
import type { Device } from '../ipc/snapshot.ts';
import { AppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { createDeferred } from '../platform/deferred.ts';
import { DEVICE_PULSE_MS } from '../platform/heartbeat.ts';
import { engineEnv, type Packs } from './engine-env.ts';
import { describeExit } from './exit-words.ts';
import {
  fromProbeSchema,
  type FromProbe,
  type Measurement,
  type ProbeTask,
  type ToProbe,
} from './probe-messages.ts';

export type Attempt =
  | { readonly kind: 'not-included' }
  | { readonly kind: 'no-device' }
  /** A device that pretends to be a GPU, and nobody asked to test such a one. */
  | { readonly kind: 'software'; readonly device: Device }
  | {
      readonly kind: 'failed';
      /** Null when it did not even get to name one. */
      readonly device: Device | null;
      readonly why: string;
      /** Its process ended by itself, in the middle. */
      readonly hasDied: boolean;
      /** It may work at another moment: time ran out, its process died, a game held the memory. */
      readonly isPassing: boolean;
    }
  | { readonly kind: 'answered'; readonly device: Device; readonly measurement: Measurement };

export interface AttemptOptions {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly task: ProbeTask;
  readonly deviceIndex: number | null;
  /** Binaries that did not come with Lull. */
  readonly packs?: Packs | undefined;
  readonly allowSoftware: boolean;
  /** The process is killed after this. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onThreads(threads: number): void;
}

/** @throws AppError `cancelled` when the signal aborts; every other end is a result */
export async function attemptProbe(options: AttemptOptions): Promise<Attempt> {
  const { clock, task, signal } = options;
  if (signal.aborted) throw new AppError('cancelled');
  const attempt = createDeferred<Attempt>();
  const child = options.spawn('probe-process', {
    name: 'Lull backend test',
    env: engineEnv(task.backend, options.deviceIndex, options.packs),
  });
  const post = (message: ToProbe) => {
    child.post(message);
  };
  let device: Device | null = null;
  const fail = (why: string, { isPassing = true, hasDied = false } = {}) => {
    attempt.resolve({ kind: 'failed', device, why, isPassing, hasDied });
  };

  const hear = (message: FromProbe) => {
    switch (message.type) {
      case 'opened':
        if (!message.included) attempt.resolve({ kind: 'not-included' });
        else if (message.devices === 0) attempt.resolve({ kind: 'no-device' });
        return;
      case 'device':
        device = message.device;
        if (device.kind === 'software' && !options.allowSoftware) {
          attempt.resolve({ kind: 'software', device });
        }
        return;
      case 'threads':
        options.onThreads(message.threads);
        return;
      case 'measured':
        if (device === null) fail('it answered without naming its device');
        else attempt.resolve({ kind: 'answered', device, measurement: message.measurement });
        return;
      case 'failed':
        // A backend that cannot even be opened lacks a library or an instruction, and will tomorrow.
        fail(message.details, { isPassing: device !== null });
    }
  };

  child.onMessage((raw) => {
    const message = fromProbeSchema.safeParse(raw);
    if (message.success) hear(message.data);
  });
  child.onExit((code) => {
    fail(`its process ${describeExit(code)}`, { hasDied: true });
  });
  const onAbort = () => {
    attempt.reject(new AppError('cancelled'));
  };
  signal.addEventListener('abort', onAbort);
  const stopPulse = clock.every(DEVICE_PULSE_MS, () => {
    post({ type: 'pulse' });
  });
  const stopTimeout = clock.after(options.timeoutMs, () => {
    fail(`it did not finish within ${String(options.timeoutMs / 1000)} seconds`);
  });
  post({ type: 'probe', task });

  try {
    return await attempt.promise;
  } finally {
    stopPulse();
    stopTimeout();
    signal.removeEventListener('abort', onAbort);
    child.kill();
  }
}
