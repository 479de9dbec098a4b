/** As root: lets the account's windows open on root's display, and lays nothing where it could lead root astray. */
import { chmodSync, closeSync, constants, existsSync, fchownSync, lstatSync } from 'node:fs';
import { mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './steps.mjs';

const FOLDER = '/run/lull';
const OTHERS_MAY_WRITE = 0o022;

/**
 * Hands a copy of root's X cookie to the account, in a folder that only root may change.
 * @param {Pick<import('./account.mjs').Account, 'uid' | 'gid'>} account
 * @param {string} [folder]
 * @returns {string | null} where the copy lies; null when there is no cookie
 * @throws {SetupError} when others may change the folder
 */
export function shareDisplayCookie(account, folder = FOLDER) {
  const named = process.env['XAUTHORITY'];
  const source = named ?? path.join(process.env['HOME'] ?? '/root', '.Xauthority');
  if (!existsSync(source)) return null;
  // Whatever root's umask is, the account has to get through.
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  const { uid, mode } = lstatSync(folder);
  if (uid !== process.getuid?.() || (mode & OTHERS_MAY_WRITE) !== 0) {
    throw new SetupError(
      `Others may change ${folder}, so nothing secret can lie in it: remove it.`,
    );
  }
  const copy = path.join(folder, 'Xauthority');
  const part = `${copy}.${String(process.pid)}`;
  rmSync(part, { force: true });
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = openSync(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(handle, readFileSync(source));
    fchownSync(handle, account.uid, account.gid);
  } finally {
    closeSync(handle);
  }
  renameSync(part, copy);
  return copy;
}
