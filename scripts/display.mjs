/** Finds a screen to draw on, or makes a virtual one for the tests. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import process from 'node:process';
import { SetupError } from './steps.mjs';

const SCREEN = '1920x1200x24';
const START_TIMEOUT_MS = 20_000;
const SOCKET_FOLDER = '/tmp/.X11-unix';
const STICKY_FOR_ALL = 0o1777;

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {boolean} otherAccount a Wayland socket is open to its owner only, unlike an X display with a cookie
 */
export function hasDisplay(env, platform, otherAccount) {
  if (platform !== 'linux') return true;
  if (isSet(env['DISPLAY'])) return true;
  return isSet(env['WAYLAND_DISPLAY']) && !otherAccount;
}

/** @param {string | undefined} value */
function isSet(value) {
  return value !== undefined && value !== '';
}

/** @typedef {{ name: string, stop: () => Promise<void> }} VirtualScreen */

/**
 * Xvfb picks a free display by itself and says which.
 * @param {import('./launcher.mjs').Launcher} launcher
 * @returns {Promise<VirtualScreen>}
 * @throws {SetupError} when it does not come up
 */
export async function startVirtualScreen(launcher) {
  if (process.getuid?.() === 0 && !existsSync(SOCKET_FOLDER)) makeSocketFolder();
  const args = ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-noreset'];
  const child = launcher.spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', resolve);
  });
  const number = await firstLine(/** @type {import('node:stream').Readable} */ (child.stdio[3]));
  if (number === null) {
    child.kill('SIGKILL');
    throw new SetupError('The virtual screen (Xvfb) did not start.');
  }
  return {
    name: `:${number}`,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** In a place where anybody may lay a link: only a folder made just now is opened to all. */
function makeSocketFolder() {
  try {
    mkdirSync(SOCKET_FOLDER);
  } catch {
    // Xvfb itself says what is wrong with one that somebody else made.
    return;
  }
  chmodSync(SOCKET_FOLDER, STICKY_FOR_ALL);
}

/**
 * @param {import('node:stream').Readable} stream
 * @returns {Promise<string | null>}
 */
function firstLine(stream) {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => {
      resolve(null);
    }, START_TIMEOUT_MS);
    const finish = () => {
      clearTimeout(timer);
      resolve(/^\d+\n/.test(text) ? text.trim() : null);
    };
    stream.on('data', (/** @type {Buffer} */ chunk) => {
      text += chunk.toString();
      if (text.includes('\n')) finish();
    });
    stream.on('close', finish);
    stream.on('error', finish);
  });
}
