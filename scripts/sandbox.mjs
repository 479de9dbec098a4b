/** Makes sure Chromium's sandbox can start before a window is tried; Lull never runs without it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './steps.mjs';

const SET_USER_ID = 0o4755;
const PERMISSION_BITS = 0o7777;

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @throws {SetupError} when neither way into the sandbox is open
 */
export function prepareSandbox(launcher, runtime) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/unshare')) return;
  // What Chromium does first: a user, a process and a network namespace in one go.
  if (launcher.succeeds('/usr/bin/unshare', ['--user', '--pid', '--net', '--fork', 'true'])) return;
  const helper = path.join(runtime.folder, 'chrome-sandbox');
  if (helperIsReady(helper)) return;
  if (launcher.account !== null && rootMayUseNamespaces()) {
    chownSync(helper, 0, 0);
    chmodSync(helper, SET_USER_ID);
    return;
  }
  throw new SetupError(
    launcher.account === null
      ? `Chromium's sandbox cannot start: this system denies user namespaces to ordinary accounts. Run: sudo chown root:root "${helper}" && sudo chmod 4755 "${helper}"`
      : "Chromium's sandbox cannot start: this container denies namespaces even to root. Start the container with --security-opt seccomp=unconfined --cap-add SYS_ADMIN; Lull never runs without the sandbox.",
  );
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
