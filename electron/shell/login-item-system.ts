/** Starts Lull at log-in through the list that macOS and Windows keep themselves. */
import type { App, LoginItemSettings } from 'electron';
import { loginItemUnavailable, type LoginCommand, type LoginItem } from './login-item.ts';

type LoginApp = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings' | 'isPackaged'>;

export function createSystemLoginItem(
  app: LoginApp,
  platform: 'darwin' | 'win32',
  command: LoginCommand,
): LoginItem {
  return platform === 'darwin' ? macLoginItem(app) : windowsLoginItem(app, command);
}

/** macOS starts the app itself, without options: whether it did is asked at the start. */
function macLoginItem(app: LoginApp): LoginItem {
  return {
    isOn: () => app.getLoginItemSettings().openAtLogin,
    set(on) {
      if (on && !app.isPackaged) {
        throw loginItemUnavailable('macOS starts installed apps only, and this is a checkout.');
      }
      app.setLoginItemSettings({ openAtLogin: on });
      const { status } = app.getLoginItemSettings();
      if (on && status === 'requires-approval') {
        throw loginItemUnavailable('Allow Lull in System Settings, under General, Login Items.');
      }
    },
  };
}

/** The same path and options have to be named for reading as for writing. */
function windowsLoginItem(app: LoginApp, { program, args }: LoginCommand): LoginItem {
  const item = { path: program, args: args.map(quoteWindowsArgument) };
  return {
    isOn: () => {
      const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(item);
      // False when it was turned off in the Task Manager.
      return openAtLogin && executableWillLaunchAtLogin;
    },
    set(on) {
      app.setLoginItemSettings({ ...item, openAtLogin: on, enabled: on });
    },
  };
}

/** As `CommandLineToArgvW` reads it back. */
export function quoteWindowsArgument(text: string): string {
  if (text !== '' && !/[\s"]/.test(text)) return text;
  const escaped = text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&');
  return `"${escaped}"`;
}

/** Whether this start is to show no window though no option says so. */
export function wasStartedAtLogin(
  app: Pick<App, 'getLoginItemSettings'>,
  platform: NodeJS.Platform,
): boolean {
  if (platform !== 'darwin') return false;
  const settings: LoginItemSettings = app.getLoginItemSettings();
  return settings.wasOpenedAtLogin;
}
