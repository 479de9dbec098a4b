/** Refuses a Node that is too old before anything else is tried. */
import process from 'node:process';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Lull needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
