/** Has the packaged app made, by the account that will run it: root writes nothing into its folders. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { sourceStamp } from './needs-build.mjs';
import { giveTo } from './output-folder.mjs';
import { root, starterModel } from './paths.mjs';
import { collect } from './run-command.mjs';
import { OUTSIDE_SANDBOX, OWN_SANDBOX } from './sandbox.mjs';
import { prepareStarter } from './starter.mjs';
import { SetupError } from './steps.mjs';

/** What shapes the package beside the built app, its model and the runtime. */
const INPUTS = [
  'electron-builder.yml',
  'LICENSE',
  'build/after-pack.mjs',
  'scripts/notices.mjs',
  'scripts/package-process.mjs',
];

/**
 * Does nothing when the package that is there was made from the same things.
 * @param {import('./prepare.mjs').Prepared} prepared
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<string>} the folder with the program, relative to the checkout
 * @throws {SetupError} when it cannot be made; the reason was printed
 */
export async function makePackage({ runtime, launcher, sandboxHelper }, steps, signal) {
  await prepareStarter(launcher, steps, signal);
  giveTo(launcher.account, path.join(root, 'release'));
  // The stand-in for Electron is somebody else's repack: good for tests, never to be handed out.
  const output = path.join('release', runtime.kind === 'official' ? 'dir' : 'test-only');
  const sandbox = sandboxHelper === null ? OWN_SANDBOX : OUTSIDE_SANDBOX;
  const stamp = packageStamp(runtime, sandbox);
  const stampFile = path.join(root, output, 'stamp');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    const script = launcher.path(path.join(root, 'scripts', 'package-process.mjs'));
    const words = [output, launcher.path(runtime.folder), runtime.version, sandbox, stamp];
    await steps.run('Packaging', async () => {
      const child = launcher.spawn(process.execPath, [script, ...words], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const result = await collect(child, { signal, apart: launcher.account !== null });
      if (result.code === 0) return;
      process.stderr.write(result.stdout + result.stderr);
      throw new SetupError('Packaging failed; the reason is above.');
    });
  }
  return path.join(output, 'linux-unpacked');
}

/**
 * Same sources, same configuration, same model, same runtime: same package.
 * @param {import('./electron-runtime.mjs').Runtime} runtime
 * @param {string} sandbox
 */
function packageStamp(runtime, sandbox) {
  const hash = createHash('sha256').update(sourceStamp(root)).update(runtime.version);
  hash.update(sandbox);
  for (const file of INPUTS) hash.update(readFileSync(path.join(root, file)));
  hash.update(readFileSync(starterModel));
  return hash.digest('hex');
}
