/** As root: the system account that Lull runs as, because Chromium's sandbox refuses root. */
import { spawnSync } from 'node:child_process';
import { existsSync, lchownSync, lstatSync, mkdirSync, statSync } from 'node:fs';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { adminEnvironment } from './as-root.mjs';
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
  if (lstatSync(account.home).uid !== account.uid) {
    lchownSync(account.home, account.uid, account.gid);
  }
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
  const made = spawnSync('useradd', [...args, '--create-home', NAME], {
    encoding: 'utf8',
    env: adminEnvironment(),
  });
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
