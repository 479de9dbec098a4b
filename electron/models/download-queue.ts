/** The list of downloads and what happens to it, as functions of data; nothing here starts or stops anything. */
import type { FailureText } from '../ipc/result.ts';
import type { DownloadEntry, DownloadJob, SavedDownloads } from './download-ports.ts';

/** In the order in which they run. */
export type DownloadQueue = readonly DownloadEntry[];

export interface QueueProgress {
  readonly phase: 'fetching' | 'verifying';
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number | null;
  readonly from: string | null;
}

/** After a restart: what ran goes on by itself, what failed waits to be asked for. */
export function restoreQueue(saved: SavedDownloads): DownloadQueue {
  return saved.map(({ job, isPaused, doneBytes }) => ({
    ...fresh(job),
    state: isPaused ? 'paused' : 'waiting',
    doneBytes,
    // What comes in tarballs may be more than the file has.
    totalBytes: Math.max(job.sizeBytes, doneBytes),
  }));
}

export function toSaved(queue: DownloadQueue): SavedDownloads {
  return queue.map(({ job, state, doneBytes }) => ({
    job,
    isPaused: state === 'paused' || state === 'failed',
    doneBytes,
  }));
}

/** Adds it at the end; one that is there already keeps its place and what it has. */
export function enqueue(queue: DownloadQueue, job: DownloadJob): DownloadQueue {
  const known = queue.find((entry) => entry.job.id === job.id);
  if (known === undefined) return [...queue, fresh(job)];
  if (isWorking(known) && isSameJob(known.job, job)) return queue;
  const { doneBytes, totalBytes } = known;
  return replace(queue, job.id, () => ({ ...fresh(job), doneBytes, totalBytes }));
}

export function pauseEntry(queue: DownloadQueue, id: string): DownloadQueue {
  return replace(queue, id, (entry) => {
    return entry.state === 'failed' ? entry : { ...resting(entry), state: 'paused' };
  });
}

export function removeEntry(queue: DownloadQueue, id: string): DownloadQueue {
  return queue.filter((entry) => entry.job.id !== id);
}

export function beginEntry(queue: DownloadQueue, id: string): DownloadQueue {
  return replace(queue, id, (entry) => ({ ...resting(entry), state: 'running' }));
}

/** Its process is gone or has stopped, and nobody asked for that: it takes its turn again. */
export function interruptEntry(queue: DownloadQueue, id: string): DownloadQueue {
  return replace(queue, id, (entry) => {
    return isWorking(entry) ? { ...resting(entry), state: 'waiting' } : entry;
  });
}

/** News of one that was stopped meanwhile is no news. */
export function progressEntry(
  queue: DownloadQueue,
  id: string,
  { phase, ...progress }: QueueProgress,
): DownloadQueue {
  return replace(queue, id, (entry) => {
    if (!isWorking(entry)) return entry;
    const state = phase === 'verifying' ? 'verifying' : 'running';
    return { ...entry, ...progress, state, secondsLeft: secondsLeft(progress) };
  });
}

/** What was of another file is not there any more. */
export function failEntry(queue: DownloadQueue, id: string, failure: FailureText): DownloadQueue {
  const isGone = failure.code === 'download-changed' || failure.code === 'download-damaged';
  return replace(queue, id, (entry) => ({
    ...resting(entry),
    state: 'failed',
    failure,
    doneBytes: isGone ? 0 : entry.doneBytes,
  }));
}

/** Which one is to be fetched now: what has begun goes on, else the first that waits. */
export function wantedEntry(queue: DownloadQueue): DownloadEntry | null {
  return queue.find(isWorking) ?? queue.find(({ state }) => state === 'waiting') ?? null;
}

export function isSameJob(one: DownloadJob, other: DownloadJob): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function isWorking({ state }: DownloadEntry): boolean {
  return state === 'running' || state === 'verifying';
}

function fresh(job: DownloadJob): DownloadEntry {
  return {
    job,
    state: 'waiting',
    doneBytes: 0,
    totalBytes: job.sizeBytes,
    bytesPerSecond: null,
    secondsLeft: null,
    from: null,
    failure: null,
  };
}

function resting(entry: DownloadEntry): DownloadEntry {
  return { ...entry, bytesPerSecond: null, secondsLeft: null, failure: null };
}

function secondsLeft({ doneBytes, totalBytes, bytesPerSecond }: Omit<QueueProgress, 'phase'>) {
  if (bytesPerSecond === null || bytesPerSecond === 0) return null;
  return Math.ceil(Math.max(0, totalBytes - doneBytes) / bytesPerSecond);
}

function replace(
  queue: DownloadQueue,
  id: string,
  change: (entry: DownloadEntry) => DownloadEntry,
): DownloadQueue {
  return queue.map((entry) => (entry.job.id === id ? change(entry) : entry));
}
