/** Commands for root can be copied as they stand, and root finds its own tools. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminEnvironment, askForRoot } from '../../../scripts/as-root.mjs';
import { installCommands } from '../../../scripts/package-names.mjs';

const APT = { installer: 'apt-get install --yes', packages: ['a', 'b'] };

describe('askForRoot', () => {
  it('reads the package lists first, and names sudo only where there is one', () => {
    const commands = installCommands(APT);
    const ask = (/** @type {boolean} */ root, /** @type {boolean} */ sudo) =>
      askForRoot(commands, { root, sudo });
    expect(ask(false, true)).toBe('Run: sudo apt-get update && sudo apt-get install --yes a b');
    expect(ask(false, false)).toBe('As root, run: apt-get update && apt-get install --yes a b');
    expect(ask(true, true)).toBe('Run: apt-get update && apt-get install --yes a b');
  });

  it('leaves other installers as they are', () => {
    expect(installCommands({ installer: 'pacman -S', packages: ['a'] })).toEqual(['pacman -S a']);
  });
});

describe('adminEnvironment', () => {
  it('adds the folders that a plain su leaves out, once, after the others', () => {
    const bare = ['/usr/bin', '/bin'].join(path.delimiter);
    const full = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(path.delimiter);
    expect(adminEnvironment({ PATH: bare, HOME: '/h' })).toEqual({ PATH: full, HOME: '/h' });
    expect(adminEnvironment({ PATH: full }).PATH).toBe(full);
    expect(adminEnvironment({}).PATH).toBe(['/usr/sbin', '/sbin'].join(path.delimiter));
  });
});
