/** `npm run package`: the app as a folder that starts by itself, for the system it is run on. */
import './node-version.mjs';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { catchInterrupts } from './interrupt.mjs';
import { sourceStamp } from './needs-build.mjs';
import { collectNotices } from './notices.mjs';
import { cacheFolder, root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { collect } from './run-command.mjs';
import { prepareSandbox } from './sandbox.mjs';
import { giveTo, prepareStarter } from './starter.mjs';
import { SetupError, createSteps, runCommandBody } from './steps.mjs';

const TARGET = '--linux';
/** What shapes the package beside the built app. */
const INPUTS = ['electron-builder.yml', 'LICENSE', 'build/after-pack.mjs', 'scripts/package.mjs'];

/**
 * The stand-in for Electron is somebody else's repack: good for tests, never to be handed out.
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 */
function outputFolder(runtime) {
  return path.join('release', runtime.kind === 'official' ? 'dir' : 'test-only');
}

/** @param {readonly string[]} args */
function checkArguments(args) {
  const other = args.find((arg) => arg !== TARGET && arg !== 'dir');
  if (other !== undefined || process.platform !== 'linux') {
    throw new SetupError(
      `Only "${TARGET} dir", on Linux, is packaged so far${other === undefined ? '' : `; "${other}" is not`}.`,
    );
  }
}

/**
 * Same sources, same configuration, same runtime: same package.
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 */
function packageStamp(runtime) {
  const hash = createHash('sha256').update(sourceStamp(root)).update(runtime.version);
  for (const file of INPUTS) {
    hash.update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

/** @returns {Promise<number>} */
async function runPackage() {
  checkArguments(process.argv.slice(2));
  const steps = createSteps();
  const { signal } = catchInterrupts();
  const prepared = await prepare({ forTests: false, build: true }, steps, signal);
  const { runtime, launcher } = prepared;
  await prepareStarter(launcher, steps, signal);
  const output = path.join(root, outputFolder(runtime));
  const stampFile = path.join(output, 'stamp');
  const stamp = packageStamp(runtime);
  const unpacked = path.join(output, 'linux-unpacked');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(output, { recursive: true, force: true });
    giveTo(launcher.account, path.join(root, 'release'));
    giveTo(launcher.account, output);
    await steps.run('Packaging', () => build(prepared, signal));
    writeFileSync(stampFile, stamp);
  }
  prepareSandbox(launcher, { ...runtime, folder: unpacked });
  if (runtime.kind !== 'official') {
    steps.say('This package is for tests only: it does not hold the official Electron.');
  }
  process.stdout.write(`${path.relative(process.cwd(), unpacked)}\n`);
  return 0;
}

/**
 * @param {import('./prepare.mjs').Prepared} prepared
 * @param {AbortSignal} signal
 */
async function build({ runtime, launcher }, signal) {
  const notices = path.join(cacheFolder, 'cache', 'THIRD_PARTY_NOTICES.txt');
  writeFileSync(notices, collectNotices(root));
  const cli = launcher.path(path.join(root, 'node_modules', 'electron-builder', 'cli.js'));
  const settings = [
    `-c.electronDist=${launcher.path(runtime.folder)}`,
    `-c.electronVersion=${runtime.version}`,
    `-c.directories.output=${outputFolder(runtime)}`,
  ];
  const args = [cli, TARGET, 'dir', '--publish', 'never', ...settings];
  const child = launcher.spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const result = await collect(child, { signal });
  if (result.code !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    throw new SetupError('Packaging failed; the reason is above.');
  }
}

await runCommandBody(runPackage);
