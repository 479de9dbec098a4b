/** The layers of `npm test`, in the order they run, and how to run each. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { startVirtualScreen } from './display.mjs';
import { root, testCacheFolder } from './paths.mjs';
import { collect } from './run-command.mjs';
import { readCheck, readPlaywright, readVitest } from './test-report.mjs';

/** @typedef {import('./test-report.mjs').LayerResult} LayerResult */
/**
 * @typedef {object} LayerContext
 * @property {import('./launcher.mjs').Launcher} launcher
 * @property {import('./electron-runtime.mjs').Runtime} runtime
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
  return async ({ launcher, runtime, patterns, signal }) => {
    const report = freshReport(name);
    const args = [
      launcher.path(bin('vitest', 'vitest.mjs')),
      'run',
      '--configLoader=native',
      `--project=${name}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${launcher.path(report)}`,
      ...patterns,
    ];
    const child = launcher.spawn(runtime.binary, args, {
      stdio: 'inherit',
      env: { ELECTRON_RUN_AS_NODE: '1', LULL_TEST_CACHE: launcher.path(testCacheFolder) },
    });
    const { code } = await collect(child, { signal });
    return [readVitest(name, readReport(report), code)];
  };
}

/**
 * On the real app and a screen of its own.
 * @type {Layer}
 */
async function playwright({ launcher, runtime, patterns, signal }) {
  const report = freshReport('e2e');
  if (patterns.length === 0 || patterns.some((pattern) => pattern.includes('packaged'))) {
    await buildPackage(signal);
  }
  const screen = process.platform === 'linux' ? await startVirtualScreen(launcher) : null;
  try {
    const cli = launcher.path(bin('@playwright', 'test', 'cli.js'));
    const child = launcher.spawn(process.execPath, [cli, 'test', ...patterns], {
      stdio: 'inherit',
      env: {
        ...(screen === null ? {} : { DISPLAY: screen.name, WAYLAND_DISPLAY: undefined }),
        PLAYWRIGHT_JSON_OUTPUT_FILE: launcher.path(report),
        LULL_ELECTRON: launcher.path(runtime.binary),
        LULL_TEST_CACHE: launcher.path(testCacheFolder),
      },
    });
    const { code } = await collect(child, { signal });
    return [readPlaywright('e2e', readReport(report), code)];
  } finally {
    await screen?.stop();
  }
}

/**
 * By whoever started the tests: only root can make the package's sandbox helper work where the
 * kernel asks for one. The test of the package builds it itself otherwise.
 * @param {AbortSignal} signal
 */
async function buildPackage(signal) {
  const script = path.join(root, 'scripts', 'package.mjs');
  const child = spawn(process.execPath, [script], { cwd: root, stdio: 'inherit' });
  await collect(child, { signal });
}

/** @param {string} name */
function freshReport(name) {
  const file = path.join(reports, `${name}.json`);
  rmSync(file, { force: true });
  return file;
}

/**
 * @param {string} file
 * @returns {unknown} null when the runner did not get as far as writing it
 */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Where the reports lie; made before the layers run. */
export const reportFolder = reports;
