/** What starts at log-in, and how macOS and Windows are told so. */
import type { LoginItemSettings, Settings } from 'electron';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSystemLoginItem,
  quoteWindowsArgument,
  wasStartedAtLogin,
} from '../../../electron/shell/login-item-system.ts';
import { loginCommand, type ThisStart } from '../../../electron/shell/login-item.ts';

const START: ThisStart = {
  execPath: '/opt/lull/lull',
  isPackaged: true,
  appPath: '/opt/lull/resources/app.asar',
  appImage: undefined,
  dataFolder: null,
  cacheFolder: null,
};
const NO_ITEM: LoginItemSettings = {
  openAtLogin: false,
  wasOpenedAtLogin: false,
  status: 'not-registered',
  executableWillLaunchAtLogin: false,
  launchItems: [],
};

/** The system's list of what starts at log-in. */
function fakeApp(isPackaged: boolean, answer: Partial<LoginItemSettings> = {}) {
  const told: Settings[] = [];
  return {
    isPackaged,
    told,
    setLoginItemSettings: (settings: Settings) => told.push(settings),
    getLoginItemSettings: () => ({
      ...NO_ITEM,
      openAtLogin: told.at(-1)?.openAtLogin ?? false,
      executableWillLaunchAtLogin: told.at(-1)?.openAtLogin ?? false,
      ...answer,
    }),
  };
}

describe('loginCommand', () => {
  it('starts the installed program hidden', () => {
    expect(loginCommand(START)).toEqual({ program: '/opt/lull/lull', args: ['--hidden'] });
  });

  it('starts the image and not what it has mounted for this run', () => {
    const { program } = loginCommand({ ...START, appImage: '/home/a/Lull.AppImage' });
    expect(program).toBe('/home/a/Lull.AppImage');
    // Somebody else's image, when Lull runs from a checkout inside of it.
    const checkout = { ...START, isPackaged: false, appPath: '/src/lull' };
    expect(loginCommand({ ...checkout, appImage: '/home/a/Editor.AppImage' })).toEqual({
      program: '/opt/lull/lull',
      args: ['/src/lull', '--hidden'],
    });
  });

  it('finds the same folders again', () => {
    const { args } = loginCommand({ ...START, dataFolder: '/d a', cacheFolder: '/c' });
    expect(args).toEqual(['--hidden', '--data-dir=/d a', '--cache-dir=/c']);
  });
});

describe('on Windows', () => {
  const command = { program: 'C:\\Lull\\Lull.exe', args: ['--hidden', '--data-dir=C:\\My data\\'] };

  it('reads back what it wrote, by the same path and options', () => {
    const app = fakeApp(true);
    const item = createSystemLoginItem(app, 'win32', command);
    expect(item.isOn()).toBe(false);
    item.set(true);
    expect(app.told).toEqual([
      {
        path: command.program,
        args: ['--hidden', '"--data-dir=C:\\My data\\\\"'],
        openAtLogin: true,
        enabled: true,
      },
    ]);
    expect(item.isOn()).toBe(true);
    item.set(false);
    expect(item.isOn()).toBe(false);
  });

  it('sees that the owner turned it off elsewhere', () => {
    const app = fakeApp(true, { openAtLogin: true, executableWillLaunchAtLogin: false });
    expect(createSystemLoginItem(app, 'win32', command).isOn()).toBe(false);
  });

  it('quotes so that the same text arrives', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '%', '\t'), minLength: 0 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (args) => {
        expect(windowsArguments(args.map(quoteWindowsArgument).join(' '))).toEqual(args);
      }),
    );
  });
});

describe('on macOS', () => {
  const command = { program: '/Applications/Lull.app', args: ['--hidden'] };

  it('asks the system, and says so when the owner has to allow it', () => {
    const app = fakeApp(true);
    const item = createSystemLoginItem(app, 'darwin', command);
    item.set(true);
    expect(item.isOn()).toBe(true);
    const waiting = createSystemLoginItem(
      fakeApp(true, { status: 'requires-approval' }),
      'darwin',
      command,
    );
    expect(() => {
      waiting.set(true);
    }).toThrow(expect.objectContaining({ code: 'login-item-unavailable' }));
  });

  it('does not register the bare Electron of a checkout', () => {
    const app = fakeApp(false);
    const item = createSystemLoginItem(app, 'darwin', command);
    expect(() => {
      item.set(true);
    }).toThrow(expect.objectContaining({ code: 'login-item-unavailable' }));
    expect(app.told).toEqual([]);
  });

  it('knows by the system that nobody watches this start', () => {
    const app = fakeApp(true, { wasOpenedAtLogin: true });
    expect(wasStartedAtLogin(app, 'darwin')).toBe(true);
    expect(wasStartedAtLogin(app, 'linux')).toBe(false);
    expect(wasStartedAtLogin(fakeApp(true), 'darwin')).toBe(false);
  });
});

/** As `CommandLineToArgvW` takes a line apart: backslashes count only before a quote. */
function windowsArguments(line: string): string[] {
  const args: string[] = [];
  let at = 0;
  while (at < line.length) {
    let text = '';
    let isQuoted = false;
    while (at < line.length && (isQuoted || !/[ \t]/.test(line.charAt(at)))) {
      const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
      at += slashes;
      if (line.charAt(at) === '"') {
        text += '\\'.repeat(Math.floor(slashes / 2));
        if (slashes % 2 === 1) text += '"';
        else isQuoted = !isQuoted;
        at += 1;
      } else if (slashes > 0) text += '\\'.repeat(slashes);
      else text += line.charAt(at++);
    }
    args.push(text);
    while (/[ \t]/.test(line.charAt(at))) at += 1;
  }
  return args;
}
