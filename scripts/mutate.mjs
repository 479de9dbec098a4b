/** `npm run test:mutate [-- WORD]`: breaks every rule of relays in turn and shows that a test notices. */
import './node-version.mjs';
import path from 'node:path';
import process from 'node:process';
import { catchInterrupts } from './interrupt.mjs';
import { root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { collect } from './run-command.mjs';
import { createSteps, runCommandBody } from './steps.mjs';

/** @returns {Promise<number>} */
async function mutate() {
  const steps = createSteps();
  const { signal } = catchInterrupts();
  const { runtime, launcher } = await prepare({ forTests: true, build: false }, steps, signal);
  const script = launcher.path(path.join(root, 'scripts', 'mutate-child.mjs'));
  const child = launcher.spawn(runtime.binary, [script, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  const { code } = await collect(child, { signal, apart: launcher.account !== null });
  return code === 0 ? 0 : 1;
}

await runCommandBody(mutate);
