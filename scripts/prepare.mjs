/** Everything between a bare checkout and a program that can be run; nothing is done twice. */
import path from 'node:path';
import process from 'node:process';
import { prepareRuntime } from './electron-runtime.mjs';
import { createLauncher } from './launcher.mjs';
import { needsBuild } from './needs-build.mjs';
import { root } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { prepareSandbox } from './sandbox.mjs';
import { SetupError } from './steps.mjs';
import { prepareSystem } from './system-libraries.mjs';

/**
 * @typedef {object} Prepared
 * @property {import('./electron-runtime.mjs').Runtime} runtime
 * @property {import('./launcher.mjs').Launcher} launcher
 * @property {string | null} sandboxHelper where the kernel asks for one
 */

/**
 * @param {{ forTests: boolean, build: boolean }} wanted
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 * @returns {Promise<Prepared>}
 */
export async function prepare(wanted, steps, signal) {
  const runtime = await prepareRuntime(steps, signal);
  await prepareSystem(runtime.binary, wanted.forTests, steps, signal);
  if (wanted.build) await prepareBuild(steps, signal);
  const launcher = createLauncher(runtime);
  const sandboxHelper = prepareSandbox(launcher, runtime);
  return { runtime, launcher, sandboxHelper };
}

/**
 * @param {import('./steps.mjs').Steps} steps
 * @param {AbortSignal} signal
 */
async function prepareBuild(steps, signal) {
  if (!needsBuild(root)) return;
  await steps.run('Building Lull', async () => {
    const script = path.join(root, 'scripts', 'build.mjs');
    const result = await runCommand(process.execPath, [script], { signal, cwd: root });
    if (result.code !== 0) {
      process.stderr.write(result.stdout + result.stderr);
      throw new SetupError('Building Lull failed; the reason is above.');
    }
  });
}
