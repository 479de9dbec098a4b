/** Has Electron's own package download its runtime, and gives up when nothing comes any more. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { cacheFolder } from './paths.mjs';
import { lastLine, runCommand } from './run-command.mjs';

const DEFAULT_MEMORY = path.join(cacheFolder, 'electron-download-failed');
const WATCH_MS = 500;
const BYTES_PER_MEGABYTE = 1_000_000;
/** A network that swallows every packet never answers; one that is only slow keeps the file growing. */
export const STALL_MS = 60_000;
/** How long an unreachable download is remembered before it is tried again. */
export const RETRY_AFTER_MS = 24 * 60 * 60_000;

const NETWORK_FAILURE =
  /fetch failed|socket hang up|network|timed? ?out|certificate|HTTPError|status code|nothing arrived|\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ERR_TLS_\w+)\b/i;

/**
 * @param {{ packageFolder: string, partFolder?: string, stallMs?: number }} where the package
 *   `electron` is installed, and what is downloaded lies meanwhile
 * @param {import('./steps.mjs').Progress} progress
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} why it failed; null when the runtime is there
 */
export async function downloadOfficial(where, progress, signal) {
  const { packageFolder, partFolder = cacheFolder, stallMs = STALL_MS } = where;
  const temporary = path.join(partFolder, `download.${String(process.pid)}.part`);
  await mkdir(temporary, { recursive: true });
  const stalled = new AbortController();
  const isStalled = createStallWatch(stallMs);
  // The package says nothing while it downloads, but what it writes can be seen growing.
  const watch = setInterval(() => {
    const bytes = bytesUnder(temporary) + bytesUnder(path.join(packageFolder, 'dist'));
    progress(`${(bytes / BYTES_PER_MEGABYTE).toFixed(0)} MB`);
    if (isStalled(bytes, performance.now())) stalled.abort();
  }, WATCH_MS);
  try {
    const result = await runCommand(process.execPath, [path.join(packageFolder, 'install.js')], {
      signal: AbortSignal.any([signal, stalled.signal]),
      env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    });
    return result.code === 0 ? null : lastLine(result).replace(/^\w*Error: /, '');
  } catch (error) {
    if (signal.aborted || !stalled.signal.aborted) throw error;
    return `nothing arrived for ${String(Math.round(stallMs / 1000))} s`;
  } finally {
    clearInterval(watch);
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(path.join(packageFolder, 'path.txt'))) {
      await rm(path.join(packageFolder, 'dist'), { recursive: true, force: true });
    }
  }
}

/**
 * @param {number} limitMs
 * @returns {(bytes: number, nowMs: number) => boolean} whether the size has not changed for that long
 */
export function createStallWatch(limitMs) {
  let last = -1;
  let sinceMs = 0;
  return (bytes, nowMs) => {
    if (bytes !== last) {
      last = bytes;
      sinceMs = nowMs;
    }
    return nowMs - sinceMs >= limitMs;
  };
}

/**
 * @param {string | null} reason null forgets an earlier one
 * @param {number} nowMs
 * @param {string} [file]
 */
export function rememberFailure(reason, nowMs, file = DEFAULT_MEMORY) {
  rmSync(file, { force: true });
  // A full disk or a wrong file is no reason to leave the network alone for a day.
  if (reason === null || !NETWORK_FAILURE.test(reason)) return;
  writeFileSync(file, JSON.stringify({ at: nowMs, reason }));
}

/**
 * @param {number} nowMs
 * @param {string} [file]
 * @returns {string | null} why the download failed, when it did not long ago
 */
export function recentFailure(nowMs, file = DEFAULT_MEMORY) {
  if (!existsSync(file)) return null;
  try {
    const { at, reason } = /** @type {{ at: number, reason: string }} */ (
      JSON.parse(readFileSync(file, 'utf8'))
    );
    return nowMs >= at && nowMs - at < RETRY_AFTER_MS ? reason : null;
  } catch {
    // Half written, so there is nothing to remember.
    return null;
  }
}

/**
 * Files may vanish between listing and looking, and then there is nothing to count.
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
