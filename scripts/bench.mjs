/** `npm run bench -- list` and `npm run bench -- NAME [--json] [--quick]`, then what the bench itself understands. */
import './node-version.mjs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { preparePeer } from './bench-peer.mjs';
import { completeReport, tableOf } from './bench-report.mjs';
import { hasDisplay, startVirtualScreen } from './display.mjs';
import { catchInterrupts } from './interrupt.mjs';
import { root, testCacheFolder } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { collect, runCommand } from './run-command.mjs';
import { prepareStarter } from './starter.mjs';
import { SetupError, createSteps, runCommandBody } from './steps.mjs';

/** @typedef {import('./prepare.mjs').Prepared} Prepared */

/** @returns {Promise<number>} */
async function runBench() {
  const { json, quick, words } = readArguments(process.argv.slice(2));
  const [name, ...args] = words;
  if (name === undefined) throw new SetupError('Name a bench, or "list".');
  const steps = createSteps();
  const { signal } = catchInterrupts();
  const prepared = await prepare({ forTests: true, build: true }, steps, signal);
  if (name === 'list') return await list(prepared, signal);
  await prepareStarter(prepared.launcher, steps, signal);
  const before = machineFacts(prepared);
  if (name === 'engine') await preparePeer(args, steps, signal);
  const mode = quick ? 'quick' : 'full';
  const result = await runInRuntime(prepared, [name, mode, ...args], signal);
  if (result === null) throw new SetupError(`There is no bench "${name}"; try "list".`);
  const where = { commit: await currentCommit(signal), machine: before };
  const report = completeReport(
    /** @type {import('./bench-report.mjs').BenchReport} */ (result),
    where,
  );
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : tableOf(report));
  return 0;
}

/** @param {readonly string[]} given */
function readArguments(given) {
  const words = given.filter((word) => word !== '--json' && word !== '--quick');
  return { json: given.includes('--json'), quick: given.includes('--quick'), words };
}

/**
 * @param {Prepared} prepared
 * @param {AbortSignal} signal
 */
async function list(prepared, signal) {
  const found = await runInRuntime(prepared, [], signal);
  for (const { name, about } of /** @type {{ name: string, about: string }[]} */ (found)) {
    process.stdout.write(`${name}: ${about}\n`);
  }
  return 0;
}

/**
 * @param {Prepared} prepared
 * @param {readonly string[]} args
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>}
 */
async function runInRuntime({ runtime, launcher }, args, signal) {
  const bare = process.platform === 'linux' && !hasDisplay(process.env, 'linux', true);
  const screen = bare && args.length > 0 ? await startVirtualScreen(launcher) : null;
  try {
    const script = launcher.path(path.join(root, 'scripts', 'bench-child.mjs'));
    const child = launcher.spawn(runtime.binary, [script, ...args], {
      // Whatever native code prints must not end up in the report.
      stdio: ['ignore', process.stderr, 'inherit', 'pipe'],
      env: {
        ELECTRON_RUN_AS_NODE: '1',
        LULL_ELECTRON: launcher.path(runtime.binary),
        LULL_TEST_CACHE: launcher.path(testCacheFolder),
        ...(screen === null ? {} : { DISPLAY: screen.name }),
      },
    });
    let text = '';
    child.stdio[3]?.on('data', (/** @type {Buffer} */ chunk) => {
      text += chunk.toString();
    });
    const { code } = await collect(child, { signal, apart: launcher.account !== null });
    if (code !== 0 || text === '') throw new SetupError('The bench failed; the reason is above.');
    return JSON.parse(text);
  } finally {
    await screen?.stop();
  }
}

/** @param {AbortSignal} signal */
async function currentCommit(signal) {
  const head = await runCommand('git', ['rev-parse', '--short=12', 'HEAD'], { signal, cwd: root });
  const changes = await runCommand('git', ['status', '--porcelain'], { signal, cwd: root });
  if (head.code !== 0) return 'unknown';
  return head.stdout.trim() + (changes.stdout.trim() === '' ? '' : ' with changes');
}

/**
 * Taken before the bench, so that the load is not its own.
 * @param {Prepared} prepared
 */
function machineFacts({ runtime }) {
  const processors = os.cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    electron: `${runtime.version} (${runtime.kind})`,
    loadAverage: (os.loadavg()[0] ?? 0).toFixed(2),
  };
}

await runCommandBody(runBench);
