/** In the download process: obeys main, one fetch at a time, and tells how it goes. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Clock } from '../platform/clock.ts';
import type { Disk } from './download-disk.ts';
import { removeUnfinished, runDownload, type JobHooks, type JobProgress } from './download-job.ts';
import { MAX_DETAILS_LENGTH, type FromDownload, type ToDownload } from './download-messages.ts';
import { createPacer } from './download-pace.ts';
import { createRate } from './download-rate.ts';
import type { Transport } from './download-transport.ts';

export interface DownloadWorkerPorts {
  readonly disk: Disk;
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly jitter: () => number;
  readonly post: (message: FromDownload) => void;
}

type Fetch = Extract<ToDownload, { readonly type: 'fetch' }>;

export interface DownloadWorker {
  receive(message: Exclude<ToDownload, { readonly type: 'pulse' }>): void;
}

export function createDownloadWorker(ports: DownloadWorkerPorts): DownloadWorker {
  const { disk, transport, clock, jitter, post } = ports;
  const pacer = createPacer(clock);
  let current: { readonly run: number; readonly controller: AbortController } | null = null;

  async function fetchNow({ run, job, limits }: Fetch, signal: AbortSignal): Promise<void> {
    const hooks = tellProgress(run, limits.reportMs, clock, post);
    const needs = { disk, transport, clock, limits, pacer, jitter };
    let end: FromDownload;
    try {
      end = { type: 'done', run, sha256: await runDownload(needs, job, hooks, signal) };
    } catch (error) {
      end = signal.aborted
        ? { type: 'stopped', run }
        : { type: 'failed', run, ...failureOf(error) };
    }
    // Before main knows: it may answer with the next one.
    current = null;
    post(end);
  }

  async function removeNow(run: number, destination: string): Promise<void> {
    try {
      await removeUnfinished(disk, destination);
      post({ type: 'removed', run });
    } catch (error) {
      post({ type: 'failed', run, ...failureOf(error) });
    }
  }

  return {
    receive(message) {
      switch (message.type) {
        case 'fetch': {
          if (current !== null) throw new Error('one download at a time');
          const controller = new AbortController();
          current = { run: message.run, controller };
          pacer.setLimit(message.bytesPerSecond);
          void fetchNow(message, controller.signal);
          break;
        }
        case 'stop':
          if (current?.run === message.run) current.controller.abort(new AppError('cancelled'));
          break;
        case 'limit':
          pacer.setLimit(message.bytesPerSecond);
          break;
        case 'remove':
          void removeNow(message.run, message.destination);
          break;
        default:
          assertNever(message);
      }
    },
  };
}

function failureOf(
  error: unknown,
): Pick<Extract<FromDownload, { readonly type: 'failed' }>, 'code' | 'details'> {
  const { code, details } = toAppError(error);
  return { code, details: details?.slice(0, MAX_DETAILS_LENGTH) ?? null };
}

/** Not every chunk is news: a change of phase is told at once, the rest now and then. */
function tellProgress(
  run: number,
  everyMs: number,
  clock: Clock,
  post: (message: FromDownload) => void,
): JobHooks {
  const rate = createRate(clock);
  let phase: JobProgress['phase'] | null = null;
  let toldMs = 0;
  return {
    gained: rate.add,
    progress(progress) {
      const nowMs = clock.monotonicMs();
      if (progress.phase === phase && nowMs - toldMs < everyMs) return;
      phase = progress.phase;
      toldMs = nowMs;
      post({ type: 'progress', run, ...progress, bytesPerSecond: rate.bytesPerSecond() });
    },
  };
}
