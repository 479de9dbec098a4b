/** Sees which system libraries and tools are missing on Linux, and installs them where that is possible. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { adminEnvironment, askForRoot, isOnPath } from './as-root.mjs';
import { installCommands, packagesFor, parseOsRelease } from './package-names.mjs';
import { collect, lastLine, runCommand } from './run-command.mjs';
import { SetupError } from './steps.mjs';

/** @typedef {import('./package-names.mjs').Need} Need */

/**
 * @param {string} binary Electron's
 * @param {boolean} forTests also asks for a virtual screen, a message bus, fonts and a software Vulkan device
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @throws {SetupError} naming what to install, when Lull may not or cannot install it
 */
export async function prepareSystem(binary, forTests, steps, signal) {
  if (process.platform !== 'linux') return;
  const missing = await findMissing(binary, forTests, signal);
  if (missing.needs.length === 0) return;
  const os = readOsRelease();
  const wanted = packagesFor(os, missing.needs);
  if (wanted === null) throw new SetupError(unknownSystem(missing));
  if (process.getuid?.() !== 0 || !wanted.installer.startsWith('apt-get')) {
    throw new SetupError(
      `Some system packages are missing (${missing.names.join(', ')}). ${askForRoot(installCommands(wanted))}`,
    );
  }
  await steps.run(`Installing system packages (${wanted.packages.join(', ')})`, (progress) =>
    installWithApt(wanted, progress, signal),
  );
  const left = await findMissing(binary, forTests, signal);
  if (left.needs.length > 0) throw new SetupError(unknownSystem(left));
}

/** @param {Missing} missing */
function unknownSystem(missing) {
  return `Missing on this system: ${missing.names.join(', ')}. Install the packages that hold them, then try again.`;
}

/** @typedef {{ needs: Need[], names: string[] }} Missing */

/**
 * @param {string} binary
 * @param {boolean} forTests
 * @param {AbortSignal} signal
 * @returns {Promise<Missing>}
 */
async function findMissing(binary, forTests, signal) {
  const { stdout } = await runCommand('ldd', [binary], { signal });
  const libraries = missingLibraries(stdout);
  /** @type {[Need, string][]} */
  const found = libraries.length > 0 ? [['window', libraries.join(', ')]] : [];
  if (forTests) {
    if (!isOnPath('Xvfb')) found.push(['screen', 'Xvfb']);
    if (!isOnPath('dbus-daemon')) found.push(['bus', 'dbus-daemon']);
    if (!holdsFile('/usr/share/fonts', /^Noto(Sans-Regular|ColorEmoji)\./)) {
      found.push(['fonts', 'fonts for screenshots']);
    }
    if (!hasSoftwareVulkan()) found.push(['vulkan', 'a software Vulkan device']);
  }
  return { needs: found.map(([need]) => need), names: found.map(([, name]) => name) };
}

/**
 * @param {string} lddOutput
 * @returns {string[]} the sonames that the loader did not find
 */
export function missingLibraries(lddOutput) {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '');
}

function hasSoftwareVulkan() {
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
  return folders.some((folder) => holdsFile(folder, /^lvp_icd.*\.json$/));
}

/**
 * @param {string} folder
 * @param {RegExp} pattern
 */
function holdsFile(folder, pattern) {
  if (!existsSync(folder)) return false;
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return entries.some((entry) => pattern.test(path.basename(entry)));
}

function readOsRelease() {
  const file = ['/etc/os-release', '/usr/lib/os-release'].find((name) => existsSync(name));
  return file === undefined ? {} : parseOsRelease(readFileSync(file, 'utf8'));
}

/** A fresh Ubuntu updates itself in its first minutes, and nobody else gets the lock meanwhile. */
const PATIENT = ['-o', 'DPkg::Lock::Timeout=300'];

/**
 * @param {import('./package-names.mjs').Packages} wanted
 * @param {import('./steps.mjs').Progress} progress
 * @param {AbortSignal} signal
 */
async function installWithApt(wanted, progress, signal) {
  const env = { ...adminEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  progress('reading the package lists');
  await retryOnce(() => runCommand('apt-get', [...PATIENT, 'update', '--quiet'], { signal, env }));
  const options = ['--yes', '--quiet', '--no-install-recommends'];
  const install = [...PATIENT, 'install', ...options, ...wanted.packages];
  progress('downloading');
  const fetched = await retryOnce(() =>
    runCommand('apt-get', [...install, '--download-only'], { signal, env }),
  );
  if (fetched.code !== 0) throw new SetupError(aptFailure(wanted, fetched));
  progress('unpacking');
  const done = await runToTheEnd('apt-get', install, env);
  signal.throwIfAborted();
  if (done.code !== 0) throw new SetupError(aptFailure(wanted, done));
}

/**
 * @param {import('./package-names.mjs').Packages} wanted
 * @param {import('./run-command.mjs').CommandResult} result
 */
function aptFailure(wanted, result) {
  return `The system packages could not be installed (${lastLine(result)}). ${askForRoot(installCommands(wanted))}`;
}

/** @param {() => Promise<import('./run-command.mjs').CommandResult>} run */
async function retryOnce(run) {
  const first = await run();
  return first.code === 0 ? first : await run();
}

/**
 * In a process group of its own: Ctrl+C halfway would leave the package database broken.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<import('./run-command.mjs').CommandResult>}
 */
function runToTheEnd(file, args, env) {
  return collect(
    spawn(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true }),
    {},
  );
}
