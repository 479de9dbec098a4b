/** Runs a program to its end and collects what it wrote; aborting stops it. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { CancelledError } from './interrupt.mjs';

const PATIENCE_MS = 10_000;

/**
 * @typedef {object} CommandResult
 * @property {number} code exit code; -1 when the program could not be started or a signal ended it
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @typedef {object} CommandOptions
 * @property {AbortSignal} [signal] stops the program, then rejects with the signal's reason
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {number} [timeoutMs] after which the program is killed and the code is -1
 * @property {boolean} [apart] the program does not hear Ctrl+C, having no terminal
 * @property {(line: string) => void} [onLine] called with each line of standard output
 */

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export async function runCommand(file, args, options = {}) {
  options.signal?.throwIfAborted();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
  });
  return await collect(child, options);
}

/**
 * Waits for a program that was started elsewhere, collecting whichever streams are piped.
 * @param {import('node:child_process').ChildProcess} child
 * @param {Pick<CommandOptions, 'signal' | 'apart' | 'onLine'>} options
 * @returns {Promise<CommandResult>}
 */
export function collect(child, { signal, apart = false, onLine }) {
  return new Promise((resolve, reject) => {
    const stop = stopper(child, signal, apart);
    // A signal that is aborted already never fires again.
    if (signal?.aborted) stop.run();
    else signal?.addEventListener('abort', stop.run, { once: true });
    let stdout = '';
    let stderr = '';
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (onLine) lines.forEach((line) => onLine(line));
    });
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stderr += text;
    });
    const finish = (/** @type {number | null} */ code, /** @type {string} */ note) => {
      signal?.removeEventListener('abort', stop.run);
      stop.done();
      if (signal?.aborted) reject(/** @type {Error} */ (signal.reason));
      else resolve({ code: code ?? -1, stdout, stderr: stderr + note });
    };
    child.on('error', (error) => finish(-1, error.message));
    child.on('close', (code) => finish(code, ''));
  });
}

/**
 * Asks a program to stop, so that it can take its own children along, and insists after a while.
 * @param {import('node:child_process').ChildProcess} child
 * @param {AbortSignal | undefined} signal
 * @param {boolean} apart
 */
function stopper(child, signal, apart) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  return {
    run() {
      const told = signal?.reason instanceof CancelledError && signal.reason.reachedAll;
      if (!told || apart) child.kill('SIGINT');
      timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    },
    done() {
      clearTimeout(timer);
    },
  };
}

/**
 * The last line that says something (stack frames do not), for a one-line reason.
 * @param {CommandResult} result
 */
export function lastLine(result) {
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /[a-z]/i.test(line) && !/^at /.test(line));
  return telling.at(-1) ?? `exit code ${String(result.code)}`;
}
