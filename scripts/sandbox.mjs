/** Makes sure Chromium's sandbox can start before a window is tried; Lull never runs without it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { askForRoot } from './as-root.mjs';
import { SetupError } from './steps.mjs';

const SET_USER_ID = 0o4755;
const PERMISSION_BITS = 0o7777;

/** Whether a package keeps Chromium's helper, or leaves it to the one that CHROME_DEVEL_SANDBOX names. */
export const OWN_SANDBOX = 'own-sandbox';
export const OUTSIDE_SANDBOX = 'outside-sandbox';
const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @returns {string | null} the helper, where the kernel asks for one
 * @throws {SetupError} when neither way into the sandbox is open
 */
export function prepareSandbox(launcher, runtime) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/unshare')) return null;
  // What Chromium does first: a user, a process and a network namespace in one go.
  const namespaces = ['--user', '--pid', '--net', '--fork', 'true'];
  if (launcher.succeeds('/usr/bin/unshare', namespaces)) return null;
  const helper = path.join(runtime.folder, 'chrome-sandbox');
  if (helperIsReady(helper)) return helper;
  if (launcher.account === null) {
    const commands = [`chown root:root "${helper}"`, `chmod 4755 "${helper}"`];
    throw new SetupError(
      `Chromium's sandbox cannot start: this system denies user namespaces to ordinary accounts. ${askForRoot(commands)}`,
    );
  }
  if (!rootMayUseNamespaces()) {
    throw new SetupError(
      "Chromium's sandbox cannot start: this container denies namespaces even to root. Start the container with --security-opt seccomp=unconfined --cap-add SYS_ADMIN; Lull never runs without the sandbox.",
    );
  }
  const real = realpathSync(helper);
  const open = changeableBy(real, 0);
  if (open !== null) {
    throw new SetupError(
      `Chromium's sandbox needs a helper that runs as root, and accounts other than root may change ${open}. Install Lull as root in a folder of root's own.`,
    );
  }
  chmodSync(real, SET_USER_ID);
  return helper;
}

/**
 * The first part of a path that somebody other than its owner could change or replace.
 * @param {string} file an absolute path without links
 * @param {number} owner whom all of it has to belong to, or to root
 * @returns {string | null}
 */
export function changeableBy(file, owner) {
  for (let place = file; ; place = path.dirname(place)) {
    const { uid, mode } = lstatSync(place);
    // In a sticky folder nobody may replace what belongs to another.
    const writable = (mode & OTHERS_MAY_WRITE) !== 0 && (place === file || (mode & STICKY) === 0);
    if ((uid !== owner && uid !== 0) || writable) return place;
    if (place === path.dirname(place)) return null;
  }
}

/** @param {string} helper */
function helperIsReady(helper) {
  if (!existsSync(helper)) return false;
  const { uid, mode } = statSync(helper);
  return uid === 0 && (mode & PERMISSION_BITS) === SET_USER_ID;
}

function rootMayUseNamespaces() {
  const args = ['--pid', '--net', '--fork', 'true'];
  return spawnSync('/usr/bin/unshare', args, { stdio: 'ignore' }).status === 0;
}
