/** Run by make-package.mjs as the account that will run the package: OUTPUT, ELECTRON'S FOLDER, ITS VERSION, SANDBOX, STAMP. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { collectNotices } from './notices.mjs';
import { root, testCacheFolder } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { OUTSIDE_SANDBOX } from './sandbox.mjs';
import { SetupError, runCommandBody } from './steps.mjs';

/** @returns {Promise<number>} */
async function buildPackage() {
  const [output, electron, version, sandbox, stamp] = process.argv.slice(2);
  if (output === undefined || stamp === undefined) {
    throw new SetupError('This script is run by "npm run package".');
  }
  rmSync(path.join(root, output), { recursive: true, force: true });
  const notices = path.join(testCacheFolder, 'THIRD_PARTY_NOTICES.txt');
  rmSync(notices, { force: true });
  writeFileSync(notices, collectNotices(root));
  const cli = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  const settings = [
    `-c.electronDist=${electron ?? ''}`,
    `-c.electronVersion=${version ?? ''}`,
    `-c.directories.output=${output}`,
  ];
  const args = [cli, '--linux', 'dir', '--publish', 'never', ...settings];
  const result = await runCommand(process.execPath, args, { cwd: root });
  if (result.code !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    return 1;
  }
  if (sandbox === OUTSIDE_SANDBOX) {
    // Chromium looks for another one only where there is none, and here this one could not work.
    rmSync(path.join(root, output, 'linux-unpacked', 'chrome-sandbox'), { force: true });
  }
  // Last, so that a package that was broken off is made again.
  writeFileSync(path.join(root, output, 'stamp'), stamp);
  return 0;
}

await runCommandBody(buildPackage);
