/** What set-up reads off the machine: missing libraries, the account, the display. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAccount } from '../../../scripts/account.mjs';
import { hasDisplay } from '../../../scripts/display.mjs';
import { extraArguments } from '../../../scripts/launch.mjs';
import { root } from '../../../scripts/paths.mjs';
import { visiblePath, visibleRoot } from '../../../scripts/reachable-checkout.mjs';
import { missingLibraries } from '../../../scripts/system-libraries.mjs';

describe('missingLibraries', () => {
  it('names what the loader did not find', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007fff)',
      '\tlibgtk-3.so.0 => not found',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)',
      '\tlibnss3.so => not found',
    ].join('\n');
    expect(missingLibraries(output)).toEqual(['libgtk-3.so.0', 'libnss3.so']);
  });

  it('is content with a complete system, and with no answer', () => {
    expect(missingLibraries('\tlibc.so.6 => /lib/libc.so.6 (0x1)')).toEqual([]);
    expect(missingLibraries('')).toEqual([]);
  });
});

describe('findAccount', () => {
  it('finds the account by its whole name', () => {
    const passwd =
      'root:x:0:0::/root:/bin/sh\nlullaby:x:5:5::/:\nlull:x:99:98::/home/l:/bin/false\n';
    expect(findAccount(passwd)).toEqual({ name: 'lull', uid: 99, gid: 98, home: '/home/l' });
  });

  it('does not take an account with root rights', () => {
    expect(findAccount('lull:x:0:0::/root:/bin/sh')).toBeNull();
    expect(findAccount('root:x:0:0::/root:/bin/sh')).toBeNull();
  });
});

describe('hasDisplay', () => {
  it('needs a variable that says something on Linux', () => {
    expect(hasDisplay({}, 'linux', false)).toBe(false);
    expect(hasDisplay({ DISPLAY: '' }, 'linux', false)).toBe(false);
    expect(hasDisplay({ DISPLAY: ':0' }, 'linux', true)).toBe(true);
  });

  it("counts a Wayland socket only for the session's own account", () => {
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', false)).toBe(true);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true)).toBe(false);
  });

  it('asks for nothing elsewhere', () => {
    expect(hasDisplay({}, 'darwin', false)).toBe(true);
    expect(hasDisplay({}, 'win32', false)).toBe(true);
  });
});

describe('extraArguments', () => {
  it('adds nothing where there is a screen', () => {
    expect(extraArguments([], 'linux', true)).toEqual([]);
    expect(extraArguments(['--model', 'x.gguf'], 'darwin', true)).toEqual([]);
  });

  it('goes headless without a screen', () => {
    expect(extraArguments(['--port', '0'], 'linux', false)[0]).toBe('--headless');
  });

  it('draws nothing for a command, and does not say that it is headless', () => {
    for (const args of [['chat', 'Hello'], ['--json', 'doctor'], ['--help'], ['--headless']]) {
      const extra = extraArguments(args, 'linux', true);
      expect(extra).toContain('--disable-gpu');
      expect(extra).not.toContain('--headless');
    }
  });
});

describe('visiblePath', () => {
  const runtime = '/somewhere/electron';

  it('moves files of the checkout and of the runtime', () => {
    const file = path.join(root, 'package.json');
    expect(visiblePath(file, runtime)).toBe(`${visibleRoot}/package.json`);
    expect(visiblePath(`${runtime}/electron`, runtime)).toBe(`${visibleRoot}/.electron/electron`);
  });

  it('leaves commands, options and files elsewhere alone', () => {
    for (const word of ['Xvfb', '--source', '/usr/bin/true', path.dirname(root)]) {
      expect(visiblePath(word, runtime)).toBe(word);
    }
  });
});
