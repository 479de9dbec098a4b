/** The layers of `npm test`, in the order they run, and how to run each. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isCi } from './ci.mjs';
import { startVirtualScreen } from './display.mjs';
import { makePackage } from './make-package.mjs';
import { root, testCacheFolder } from './paths.mjs';
import { collect } from './run-command.mjs';
import { SetupError } from './steps.mjs';
import { readCheck, readPlaywright, readVitest } from './test-report.mjs';

/** @typedef {import('./test-report.mjs').LayerResult} LayerResult */
/**
 * @typedef {object} LayerContext
 * @property {import('./prepare.mjs').Prepared} prepared
 * @property {import('./steps.mjs').Steps} steps
 * @property {readonly string[]} patterns narrows the tests of a layer; none takes all
 * @property {AbortSignal} signal
 */
/** @typedef {(context: LayerContext) => Promise<LayerResult[]>} Layer */
/** @typedef {(signal: AbortSignal) => Promise<LayerResult[]>} Check */

const reports = path.join(root, 'test-results', 'reports');
const bin = (/** @type {string[]} */ ...parts) => path.join(root, 'node_modules', ...parts);

const TYPE_PROJECTS = ['.', 'renderer', 'scripts'];

/**
 * What needs nothing but the installed packages.
 * @type {Readonly<Record<string, Check>>}
 */
export const CHECKS = {
  format: check('format', [[bin('prettier', 'bin', 'prettier.cjs'), '--check', '.']]),
  lint: check('lint', [[bin('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']]),
  types: check(
    'types',
    TYPE_PROJECTS.map((project) => [bin('typescript', 'bin', 'tsc'), '-p', project]),
  ),
};

/**
 * What runs the app's code.
 * @type {Readonly<Record<string, Layer>>}
 */
export const LAYERS = {
  unit: vitest('unit'),
  integration: vitest('integration'),
  security: vitest('security'),
  mutate,
  e2e: playwright,
};

/**
 * The layers to run: the named ones, or all that have something to run.
 * @param {readonly string[]} named
 */
export function chooseLayers(named) {
  if (named.length > 0) return named;
  const all = [...Object.keys(CHECKS), ...Object.keys(LAYERS)];
  return all.filter((name) => name !== 'security' || hasSecurityTests());
}

/** Those on the real window belong to `e2e`; this layer holds the others. */
function hasSecurityTests() {
  const folder = path.join(root, 'test', 'security');
  if (!existsSync(folder)) return false;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.some((name) => name.endsWith('.test.ts'));
}

/**
 * Static checks: they run no code of the app, so they stay with the account that started them.
 * @param {string} name
 * @param {readonly string[][]} commands
 * @returns {Check}
 */
function check(name, commands) {
  return async (signal) => {
    const results = [];
    for (const args of commands) {
      const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
      const { code } = await collect(child, { signal });
      results.push(readCheck(name, code));
    }
    return results;
  };
}

/**
 * On the Node inside the runtime that ships.
 * @param {string} name a project of vitest.config.ts
 * @returns {Layer}
 */
function vitest(name) {
  return async ({ prepared: { launcher, runtime }, patterns, signal }) => {
    const report = freshReport(launcher, name);
    const args = [
      launcher.path(bin('vitest', 'vitest.mjs')),
      'run',
      '--configLoader=native',
      `--project=${name}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${launcher.path(report)}`,
      `--allowOnly=${String(!isCi(process.env))}`,
      ...patterns,
    ];
    const child = launcher.spawn(runtime.binary, args, {
      stdio: 'inherit',
      env: { ELECTRON_RUN_AS_NODE: '1', LULL_TEST_CACHE: launcher.path(testCacheFolder) },
    });
    const { code } = await collect(child, { signal, apart: launcher.account !== null });
    return [readVitest(name, readReport(report), code)];
  };
}

/** One mutant after the other keeps one processor busy. */
const MUTATE_PARTS = 2;

/**
 * Whether the tests notice when a rule of relays or of the governor is broken; counts as one test.
 * @type {Layer}
 */
async function mutate({ prepared: { launcher, runtime }, patterns, signal }) {
  const script = launcher.path(path.join(root, 'scripts', 'mutate-child.mjs'));
  /** @param {number} part */
  const run = async (part) => {
    const child = launcher.spawn(runtime.binary, [script, ...patterns], {
      stdio: 'inherit',
      env: { ELECTRON_RUN_AS_NODE: '1', LULL_MUTATE_PART: `${part}/${MUTATE_PARTS}` },
    });
    return collect(child, { signal, apart: launcher.account !== null });
  };
  const parts = Array.from({ length: MUTATE_PARTS }, (_, part) => run(part));
  const codes = (await Promise.all(parts)).map(({ code }) => code);
  return [readCheck('mutate', codes.find((code) => code !== 0) ?? 0)];
}

/**
 * On the real app and a screen of its own.
 * @type {Layer}
 */
async function playwright(context) {
  const { prepared, patterns, signal } = context;
  const { launcher, runtime, sandboxHelper } = prepared;
  const report = freshReport(launcher, 'e2e');
  const packaged = await packageFor(context);
  if (packaged === null) return [readCheck('e2e', 1)];
  const screen = process.platform === 'linux' ? await startVirtualScreen(launcher) : null;
  try {
    const cli = launcher.path(bin('@playwright', 'test', 'cli.js'));
    const flags = isCi(process.env) ? ['--forbid-only'] : [];
    const child = launcher.spawn(process.execPath, [cli, 'test', ...flags, ...patterns], {
      stdio: 'inherit',
      env: {
        ...(screen === null ? {} : { DISPLAY: screen.name, WAYLAND_DISPLAY: undefined }),
        ...(sandboxHelper === null ? {} : { CHROME_DEVEL_SANDBOX: launcher.path(sandboxHelper) }),
        ...packaged,
        PLAYWRIGHT_JSON_OUTPUT_FILE: launcher.path(report),
        LULL_ELECTRON: launcher.path(runtime.binary),
        LULL_TEST_CACHE: launcher.path(testCacheFolder),
      },
    });
    const { code } = await collect(child, { signal, apart: launcher.account !== null });
    return [readPlaywright('e2e', readReport(report), code)];
  } finally {
    await screen?.stop();
  }
}

/**
 * Where the packaged app lies, for the tests that need it.
 * @param {LayerContext} context
 * @returns {Promise<Record<string, string> | null>} null when it could not be made
 */
async function packageFor({ prepared, patterns, steps, signal }) {
  if (!includesTest(patterns, 'test/e2e/packaged.spec.ts')) return {};
  try {
    const folder = await makePackage(prepared, steps, signal);
    return { LULL_PACKAGE: path.join(prepared.launcher.root, folder) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    steps.say(error.message);
    return null;
  }
}

/**
 * As Playwright takes them: parts of a path, as expressions, with a line behind them perhaps.
 * @param {readonly string[]} patterns
 * @param {string} file
 */
export function includesTest(patterns, file) {
  const matches = (/** @type {string} */ pattern) =>
    new RegExp(pattern.replace(/(:\d+)+$/, ''), 'i').test(file);
  return patterns.length === 0 || patterns.some(matches);
}

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {string} name
 */
function freshReport(launcher, name) {
  const file = path.join(reports, `${name}.json`);
  // It lies in a folder of the account's, where a link could lead root astray.
  if (launcher.account === null) rmSync(file, { force: true });
  else launcher.succeeds('/bin/rm', ['-f', launcher.path(file)]);
  return file;
}

/**
 * @param {string} file
 * @returns {unknown} null when the runner did not get as far as writing it
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The runner's exit code still counts.
    return null;
  }
}
