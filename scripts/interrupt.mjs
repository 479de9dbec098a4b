/** Turns Ctrl+C and a polite kill into one abort signal, so that set-up can clean up behind itself. */
import process from 'node:process';

/** Thrown by whatever was under way when the person cancelled. */
export class CancelledError extends Error {
  /** @param {boolean} reachedAll whether the terminal told every process that it started, too */
  constructor(reachedAll) {
    super('cancelled');
    this.name = 'CancelledError';
    this.reachedAll = reachedAll;
  }
}

/**
 * Listens until `release` is called; from then on signals have their usual effect again.
 * @returns {{ signal: AbortSignal, release: () => void }}
 */
export function catchInterrupts() {
  const controller = new AbortController();
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    controller.abort(new CancelledError(signal === 'SIGINT' && process.stdin.isTTY));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
