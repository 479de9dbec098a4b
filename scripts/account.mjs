/** As root: the system account that Lull runs as, because Chromium's sandbox refuses root. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { SetupError } from './steps.mjs';

/**
 * @typedef {object} Account
 * @property {string} name
 * @property {number} uid
 * @property {number} gid
 * @property {string} home
 * @property {readonly number[]} groups extra groups, those that own the graphics devices
 */

const NAME = 'lull';
const HOME = '/var/lib/lull';

/**
 * Finds the account, or makes it on the first run.
 * @throws {SetupError} when it cannot be made
 * @returns {Account}
 */
export function prepareAccount() {
  const found = findAccount(readFileSync('/etc/passwd', 'utf8'));
  const account = found ?? createAccount();
  mkdirSync(account.home, { recursive: true });
  if (statSync(account.home).uid !== account.uid) chownSync(account.home, account.uid, account.gid);
  return { ...account, groups: graphicsGroups() };
}

/**
 * @param {string} passwd the content of /etc/passwd
 * @returns {Omit<Account, 'groups'> | null}
 */
export function findAccount(passwd) {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === NAME);
  const uid = Number(fields?.[2]);
  // Somebody else's "lull" with root's rights would defeat the purpose.
  if (fields === undefined || !Number.isInteger(uid) || uid === 0) return null;
  return { name: NAME, uid, gid: Number(fields[3]), home: fields[5] ?? HOME };
}

function createAccount() {
  const args = ['--system', '--user-group', '--home-dir', HOME, '--shell', '/usr/sbin/nologin'];
  const made = spawnSync('useradd', [...args, '--create-home', NAME], { encoding: 'utf8' });
  const account = findAccount(readFileSync('/etc/passwd', 'utf8'));
  if (account === null) {
    throw new SetupError(
      `Lull does not run as root, and the account "${NAME}" could not be made (${made.error?.message ?? made.stderr.trim()}). Start it as an ordinary user, or run: useradd --system --create-home --home-dir ${HOME} ${NAME}`,
    );
  }
  return account;
}

/** Without them the engine could not open a GPU that root can. */
function graphicsGroups() {
  const folder = '/dev/dri';
  if (!existsSync(folder)) return [];
  const nodes = readdirSync(folder).filter((name) => /^(renderD|card)\d+$/.test(name));
  const groups = nodes.map((name) => statSync(path.join(folder, name)).gid);
  return [...new Set(groups)].filter((gid) => gid !== 0);
}

/**
 * Hands a copy of root's X cookie to the account, so that its windows may open on root's display.
 * @param {Account} account
 * @returns {string | null} where the copy lies
 */
export function shareDisplayCookie(account) {
  const named = process.env['XAUTHORITY'];
  const source = named ?? path.join(process.env['HOME'] ?? '/root', '.Xauthority');
  if (!existsSync(source)) return null;
  const copy = path.join(account.home, '.Xauthority');
  copyFileSync(source, copy);
  chownSync(copy, account.uid, account.gid);
  chmodSync(copy, 0o600);
  return copy;
}
