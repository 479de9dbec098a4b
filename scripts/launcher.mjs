/** Starts programs the way Lull runs: never as root, in a checkout that the account can read. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { prepareAccount } from './account.mjs';
import { shareDisplayCookie } from './display-cookie.mjs';
import { root } from './paths.mjs';
import { namespacePrefix, visiblePath, visibleRoot } from './reachable-checkout.mjs';
import { SetupError } from './steps.mjs';

/**
 * @typedef {object} Launcher
 * @property {string} root the checkout as the started programs see it
 * @property {import('./account.mjs').Account | null} account null when nobody had to change
 * @property {(file: string) => string} path a file's path as the started programs see it
 * @property {(file: string, args: readonly string[], options: LaunchOptions) => import('node:child_process').ChildProcess} spawn
 * @property {(file: string, args: readonly string[]) => boolean} succeeds runs it quietly to its end
 */

/**
 * @typedef {object} LaunchOptions
 * @property {import('node:child_process').StdioOptions} stdio
 * @property {Readonly<Record<string, string | undefined>>} [env] added to what is passed on
 */

/** Of root's environment only these reach the account. */
const PASSED_ON =
  /^(CI|COLORTERM|DISPLAY|FORCE_COLOR|GGML_\w+|LANG|LANGUAGE|LC_\w+|LULL_\w+|NO_COLOR|PATH|TERM|TZ|VK_\w+)$/;

/**
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @returns {Launcher}
 * @throws {SetupError} when root cannot step down
 */
export function createLauncher(runtime) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return plainLauncher();
  const account = prepareAccount();
  const open = accountLauncher(account, runtime, false);
  if (firstClosed(open, runtime) === null) return open;
  const bound = accountLauncher(account, runtime, true);
  if (firstClosed(bound, runtime) === null) return bound;
  const closed = firstClosed(open, runtime) ?? root;
  throw new SetupError(
    `Lull runs as the account "${account.name}" when root starts it, and that account cannot use ${closed}. ${closedAdvice(closed, root)}`,
  );
}

/**
 * @param {string} closed
 * @param {string} checkout
 */
export function closedAdvice(closed, checkout) {
  const relative = path.relative(checkout, closed);
  const inside = !relative.startsWith('..') && !path.isAbsolute(relative);
  // Opening anything else, such as root's home, is not for Lull to suggest.
  return inside ? `Run: chmod -R go+rX "${checkout}"` : 'Put it where every account may read.';
}

/** @returns {Launcher} */
function plainLauncher() {
  return {
    root,
    account: null,
    path: (file) => file,
    spawn: (file, args, { stdio, env }) =>
      spawn(file, args, { stdio, cwd: root, env: { ...process.env, ...env } }),
    succeeds: (file, args) => spawnSync(file, args, { stdio: 'ignore' }).status === 0,
  };
}

/**
 * @param {import('./account.mjs').Account} account
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @param {boolean} bind
 * @returns {Launcher}
 */
function accountLauncher(account, runtime, bind) {
  const step = stepDown(account);
  const prefix = [...(bind ? namespacePrefix(runtime.folder) : []), ...step.prefix];
  const place = (/** @type {string} */ file) => (bind ? visiblePath(file, runtime.folder) : file);
  const command = (/** @type {string} */ file, /** @type {readonly string[]} */ args) => {
    const [first = file, ...rest] = [...prefix, place(file), ...args];
    return { first, rest };
  };
  const base = accountEnvironment(account, place(runtime.folder));
  // Inside the namespace its own script changes folder; from outside the place does not exist.
  const cwd = bind ? '/' : root;
  return {
    root: bind ? visibleRoot : root,
    account,
    path: place,
    spawn(file, args, { stdio, env }) {
      const { first, rest } = command(file, args);
      const options = { ...step.ids, cwd, env: { ...base, ...env } };
      return spawnWithoutTerminal(first, rest, { ...options, stdio });
    },
    succeeds(file, args) {
      const { first, rest } = command(file, args);
      const options = { ...step.ids, stdio: /** @type {const} */ ('ignore'), cwd, env: base };
      return spawnSync(first, rest, options).status === 0;
    },
  };
}

/**
 * Whoever holds a terminal can type into it: what the account runs must not hold root's. So it gets
 * a session of its own, and what it writes to the terminal goes through this process.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function spawnWithoutTerminal(file, args, options) {
  const [input, ...outputs] = Array.isArray(options.stdio)
    ? options.stdio
    : Array(3).fill(options.stdio);
  const terminals = outputs.map((output, index) => {
    const stream = output === 'inherit' ? [process.stdout, process.stderr][index] : output;
    return stream instanceof WriteStream ? stream : null;
  });
  const child = spawn(file, args, {
    ...options,
    stdio: [
      input === 'inherit' ? 'ignore' : input,
      ...outputs.map((output, index) => (terminals[index] == null ? output : 'pipe')),
    ],
    detached: true,
  });
  terminals.forEach((terminal, index) => {
    const stream = child.stdio[index + 1];
    if (terminal !== null && stream instanceof Readable) stream.pipe(terminal, { end: false });
  });
  return child;
}

/**
 * setpriv gives the account its graphics groups; without setpriv Node itself changes the user,
 * and clears all groups.
 * @param {import('./account.mjs').Account} account
 */
function stepDown(account) {
  const { uid, gid, groups } = account;
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));
  if (setpriv === undefined) return { prefix: [], ids: { uid, gid } };
  const extra = groups.length > 0 ? [`--groups=${groups.join(',')}`] : ['--clear-groups'];
  const ids = [`--reuid=${String(uid)}`, `--regid=${String(gid)}`];
  // In a session of its own it would not notice that whoever started it was killed.
  const rest = ['--inh-caps=-all', '--pdeathsig=TERM', '--'];
  return { prefix: [setpriv, ...ids, ...extra, ...rest], ids: {} };
}

/**
 * @param {import('./account.mjs').Account} account
 * @param {string} runtimeFolder as the account sees it
 * @returns {Record<string, string | undefined>}
 */
function accountEnvironment(account, runtimeFolder) {
  const kept = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  const cookie = process.env['DISPLAY'] === undefined ? null : shareDisplayCookie(account);
  return {
    ...Object.fromEntries(kept),
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    ...(isSet('ELECTRON_OVERRIDE_DIST_PATH') ? { ELECTRON_OVERRIDE_DIST_PATH: runtimeFolder } : {}),
    ...(cookie === null ? {} : { XAUTHORITY: cookie }),
  };
}

/** @param {string} name of a variable */
function isSet(name) {
  return (process.env[name] ?? '') !== '';
}

/**
 * The first thing that the account cannot read or run: one of the files, or a folder above it.
 * @param {Launcher} launcher
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @returns {string | null}
 */
function firstClosed(launcher, runtime) {
  const names = ['package.json', path.join('node_modules', 'node-llama-cpp', 'package.json')];
  const may = (/** @type {string} */ flag, /** @type {string} */ file) =>
    launcher.succeeds('/usr/bin/test', [flag, launcher.path(file)]);
  const checks = [
    ...names.map((name) => /** @type {const} */ (['-r', path.join(root, name)])),
    /** @type {const} */ (['-x', runtime.binary]),
    /** @type {const} */ (['-x', process.execPath]),
  ];
  const file = checks.find(([flag, name]) => !may(flag, name))?.[1];
  if (file === undefined) return null;
  return foldersAbove(file).find((folder) => !may('-x', folder)) ?? file;
}

/**
 * @param {string} file
 * @returns {string[]} from the root of the file system downwards
 */
function foldersAbove(file) {
  const above = path.dirname(file);
  return above === file ? [] : [...foldersAbove(above), above];
}
