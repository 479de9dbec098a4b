/** `npm run package`: the app as a folder that starts by itself, for the system it is run on. */
import './node-version.mjs';
import path from 'node:path';
import process from 'node:process';
import { catchInterrupts } from './interrupt.mjs';
import { makePackage } from './make-package.mjs';
import { root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { SetupError, createSteps, runCommandBody } from './steps.mjs';

const TARGET = '--linux';

/** @param {readonly string[]} args */
function checkArguments(args) {
  const other = args.find((arg) => arg !== TARGET && arg !== 'dir');
  if (other !== undefined || process.platform !== 'linux') {
    throw new SetupError(
      `Only "${TARGET} dir", on Linux, is packaged so far${other === undefined ? '' : `; "${other}" is not`}.`,
    );
  }
}

/** @returns {Promise<number>} */
async function runPackage() {
  checkArguments(process.argv.slice(2));
  const steps = createSteps();
  const { signal } = catchInterrupts();
  const prepared = await prepare({ forTests: false, build: true }, steps, signal);
  const folder = await makePackage(prepared, steps, signal);
  if (prepared.runtime.kind !== 'official') {
    steps.say('This package is for tests only: it does not hold the official Electron.');
  }
  if (prepared.sandboxHelper !== null) {
    steps.say(`To try it on this system, set CHROME_DEVEL_SANDBOX="${prepared.sandboxHelper}".`);
  }
  process.stdout.write(`${path.relative(process.cwd(), path.join(root, folder))}\n`);
  return 0;
}

await runCommandBody(runPackage);
