/** In main: the queue of downloads, and the process that works on it while there is something to do. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { createDeferred } from '../platform/deferred.ts';
import { catalogueText } from '../platform/failure-text.ts';
import { DOWNLOAD_LIMITS, type DownloadLimits } from './download-limits.ts';
import type { FromDownload } from './download-messages.ts';
import {
  downloadJobSchema,
  type DownloadJob,
  type Downloads,
  type DownloadsPorts,
  type FinishedDownload,
} from './download-ports.ts';
import {
  beginEntry,
  enqueue,
  failEntry,
  interruptEntry,
  isSameJob,
  pauseEntry,
  progressEntry,
  removeEntry,
  restoreQueue,
  toSaved,
  wantedEntry,
  type DownloadQueue,
} from './download-queue.ts';
import { createRemovals } from './download-removals.ts';
import { openDownloadSession, type DownloadSession } from './download-session.ts';

/** A process that does not stop when asked is ended. */
const STOP_MS = 10_000;
const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 10_000;
/** Processes that may end in a row, each without progress, before what they worked on has failed. */
const MAX_DEATHS = 5;

/** What the process fetches. */
interface Active {
  readonly run: number;
  readonly job: DownloadJob;
  /** The most that this run had; null before its first news. */
  bestBytes: number | null;
  /** Not null once it was asked to stop. */
  callOff: (() => void) | null;
}

type News = Extract<FromDownload, { readonly run: number }>;

/** Begins at once with what an earlier run of the app left unfinished and not paused. */
export function createDownloads(
  ports: DownloadsPorts,
  limits: DownloadLimits = DOWNLOAD_LIMITS,
): Downloads {
  const { clock, log, store } = ports;
  const changeListeners = new Set<() => void>();
  const doneListeners = new Set<(finished: FinishedDownload) => void>();
  const removals = createRemovals();
  let queue: DownloadQueue = restoreQueue(store.read());
  let limit: number | null = null;
  let session: DownloadSession | null = null;
  let active: Active | null = null;
  let runs = 0;
  let deaths = 0;
  let restart: (() => void) | null = null;
  let idle: (() => void) | null = null;
  let isDisposed = false;
  const nextRun = (): number => (runs += 1);

  function change(next: DownloadQueue): void {
    if (next === queue) return;
    queue = next;
    for (const listener of changeListeners) listener();
  }

  function changeAndSave(next: DownloadQueue): void {
    change(next);
    save();
    settle();
  }

  function save(): void {
    try {
      store.write(toSaved(queue));
    } catch (error) {
      log.warn('the list of downloads could not be saved', { error: toAppError(error) });
    }
  }

  /** Brings what the process does in line with what is wanted. */
  function settle(): void {
    if (isDisposed || restart !== null) return;
    const entry = wantedEntry(queue);
    if (active !== null && (entry === null || !isSameJob(entry.job, active.job))) stop(active);
    if (active === null && entry === null && removals.isEmpty) {
      endSession();
      return;
    }
    const current = (session ??= openSession());
    removals.send(current.post, nextRun, active?.job.destination ?? null);
    if (active === null && entry !== null && !removals.has(entry.job.destination)) {
      begin(current, entry.job);
    }
  }

  function begin(current: DownloadSession, job: DownloadJob): void {
    const run = nextRun();
    active = { run, job, bestBytes: null, callOff: null };
    change(beginEntry(queue, job.id));
    current.post({ type: 'fetch', run, job, limits, bytesPerSecond: limit });
  }

  function stop(stopping: Active): void {
    if (stopping.callOff !== null) return;
    session?.post({ type: 'stop', run: stopping.run });
    stopping.callOff = clock.after(STOP_MS, () => session?.kill());
  }

  function openSession(): DownloadSession {
    const mine: DownloadSession = openDownloadSession(ports, {
      said: (message) => {
        if (session === mine) receive(message);
      },
      gone: () => {
        if (session === mine) onGone();
      },
    });
    return mine;
  }

  function endSession(): void {
    const ending = session;
    session = null;
    ending?.kill();
  }

  function receive(message: News): void {
    if (removals.receive(message)) {
      settle();
      return;
    }
    if (message.run !== active?.run) return;
    if (message.type === 'progress') {
      onProgress(message, active);
      return;
    }
    deaths = 0;
    endFetch(active, message);
  }

  function onProgress(
    { type: _type, run: _run, ...progress }: Extract<News, { readonly type: 'progress' }>,
    of: Active,
  ): void {
    // Growth beyond what a run began with shows that its process works.
    if (of.bestBytes !== null && progress.doneBytes > of.bestBytes) deaths = 0;
    of.bestBytes = Math.max(of.bestBytes ?? 0, progress.doneBytes);
    if (isListed(of.job)) change(progressEntry(queue, of.job.id, progress));
  }

  function endFetch({ job, callOff }: Active, message: News): void {
    active = null;
    callOff?.();
    idle?.();
    if (message.type === 'done') {
      // One that was taken off the list, or replaced, in the last moment is nobody's any more.
      const isWanted = isListed(job);
      changeAndSave(isWanted ? removeEntry(queue, job.id) : queue);
      if (!isWanted) return;
      for (const listener of doneListeners) listener({ job, sha256: message.sha256 });
    } else if (message.type === 'failed') {
      const { code, details } = message;
      log.warn('a download failed', { code, details });
      const failure = catalogueText(code, details);
      changeAndSave(isListed(job) ? failEntry(queue, job.id, failure) : queue);
    } else changeAndSave(interruptEntry(queue, job.id));
  }

  /** Under the same id there may be another job by now, or none. */
  function isListed(job: DownloadJob): boolean {
    return queue.some((entry) => isSameJob(entry.job, job));
  }

  function onGone(): void {
    session = null;
    if (isDisposed) {
      active = null;
      idle?.();
      return;
    }
    removals.lost();
    deaths += 1;
    log.warn('the download process ended in the middle', { deaths });
    const waitMs = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** (deaths - 1));
    restart = clock.after(waitMs, () => {
      restart = null;
      settle();
    });
    if (deaths >= MAX_DEATHS) giveUp();
    else if (active !== null) endFetch(active, { type: 'stopped', run: active.run });
  }

  function giveUp(): void {
    const details = 'The process that downloads ended again and again.';
    removals.failAll(new AppError('internal', { details }));
    deaths = 0;
    if (active === null) return;
    endFetch(active, { type: 'failed', run: active.run, code: 'download-failed', details });
  }

  settle();

  return {
    start(job) {
      const parsed = downloadJobSchema.safeParse(job);
      if (!parsed.success) {
        const details = parsed.error.issues[0]?.message ?? 'That is no download.';
        throw new AppError('bad-request', { details });
      }
      changeAndSave(enqueue(queue, parsed.data));
    },
    pause(id) {
      changeAndSave(pauseEntry(queue, id));
    },
    async remove(id) {
      const entry = queue.find(({ job }) => job.id === id);
      if (entry === undefined) return;
      const removed = removals.add(entry.job.destination);
      changeAndSave(removeEntry(queue, id));
      await removed;
    },
    list: () => queue,
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onDone(listener) {
      doneListeners.add(listener);
      return () => doneListeners.delete(listener);
    },
    setLimit(bytesPerSecond) {
      limit = bytesPerSecond === null ? null : Math.max(1, Math.floor(bytesPerSecond));
      session?.post({ type: 'limit', bytesPerSecond: limit });
    },
    async dispose() {
      if (isDisposed) return;
      save();
      isDisposed = true;
      restart?.();
      removals.failAll(new AppError('cancelled'));
      const ending = session;
      if (active !== null) {
        const stopped = createDeferred<undefined>();
        idle = () => {
          stopped.resolve(undefined);
        };
        stop(active);
        await stopped.promise;
      }
      ending?.kill();
      await ending?.ended;
    },
  };
}
