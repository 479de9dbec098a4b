/** Draws the tray's icons into the files that are committed; `--check` only compares. */
import './node-version.mjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './paths.mjs';
import { SetupError, runCommandBody } from './steps.mjs';
import { trayIcons } from './tray-icons.mjs';

const folder = path.join(root, 'resources', 'icons', 'tray');

function makeTrayIcons() {
  const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
  const icons = trayIcons();
  if (values.check !== true) mkdirSync(folder, { recursive: true });
  const stale = [...icons].filter(([name, bytes]) => {
    const file = path.join(folder, name);
    if (values.check === true) return !isFile(file, bytes);
    writeFileSync(file, bytes);
    return false;
  });
  if (stale.length > 0) {
    const names = stale.map(([name]) => name).join(', ');
    throw new SetupError(`Not what is drawn: ${names}. Run: node scripts/make-tray-icons.mjs`);
  }
  return 0;
}

/**
 * @param {string} file
 * @param {Buffer} bytes
 */
function isFile(file, bytes) {
  try {
    return readFileSync(file).equals(bytes);
  } catch {
    // Missing is as wrong as different.
    return false;
  }
}

await runCommandBody(() => Promise.resolve(makeTrayIcons()));
