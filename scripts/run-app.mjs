/** Runs the built app in the foreground and ends as it ends. */
import process from 'node:process';
import { createNoiseFilter } from './stderr-noise.mjs';

const SIGNAL_BASE = 128;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @param {readonly string[]} args the app's own, after the folder
 * @returns {Promise<number>} the app's exit code
 */
export function runApp(launcher, runtime, args) {
  const child = launcher.spawn(runtime.binary, [launcher.root, ...args], {
    stdio: ['inherit', 'inherit', 'pipe'],
    // Left over from a test run, it would turn Electron into a bare Node.
    env: { ELECTRON_RUN_AS_NODE: undefined },
  });
  const noise = createNoiseFilter((text) => process.stderr.write(text));
  child.stderr?.setEncoding('utf8').on('data', noise.push);
  const stopForwarding = forwardSignals(child, launcher.account === null && process.stdin.isTTY);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      stopForwarding();
      noise.end();
      resolve(code ?? SIGNAL_BASE + signalNumber(signal));
    });
  });
}

/**
 * A second Ctrl+C would make Chromium quit the hard way.
 * @param {import('node:child_process').ChildProcess} child
 * @param {boolean} hearsTerminal whether Ctrl+C reaches the app by itself
 */
function forwardSignals(child, hearsTerminal) {
  let interrupted = false;
  const onInterrupt = () => {
    if (!interrupted && !hearsTerminal) child.kill('SIGINT');
    interrupted = true;
  };
  let terminated = false;
  const onTerminate = () => {
    if (!terminated) child.kill('SIGTERM');
    terminated = true;
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  };
}

/** @param {NodeJS.Signals | null} signal */
function signalNumber(signal) {
  return /** @type {Record<string, number>} */ (SIGNAL_NUMBERS)[signal ?? ''] ?? 0;
}
