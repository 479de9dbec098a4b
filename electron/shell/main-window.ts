/** Lull's one window: made on demand, focused when it exists, told what happens. */
import { BrowserWindow, nativeTheme } from 'electron';
import type { NotificationBody, NotificationName } from '../ipc/table.ts';
import type { Theme } from '../ipc/snapshot.ts';
import { APP_URL } from './app-protocol.ts';
import { windowOptions } from './window-options.ts';

export interface MainWindow {
  /** Opens the window, or brings it to the front. */
  show(): void;
  /** The open window, to attach a dialog to and to check who calls. */
  current(): BrowserWindow | null;
  notify<Name extends NotificationName>(name: Name, body: NotificationBody<Name>): void;
  setTheme(theme: Theme): void;
}

export function createMainWindow(paths: {
  readonly preloadPath: string;
  readonly iconPath: string;
}): MainWindow {
  let window: BrowserWindow | null = null;

  function open(): void {
    const made = new BrowserWindow(
      windowOptions({ ...paths, dark: nativeTheme.shouldUseDarkColors }),
    );
    made.once('ready-to-show', () => {
      made.show();
    });
    made.on('closed', () => {
      window = null;
    });
    void made.loadURL(APP_URL);
    window = made;
  }

  return {
    show() {
      if (!window) open();
      else {
        if (window.isMinimized()) window.restore();
        window.show();
        window.focus();
      }
    },
    current: () => window,
    notify(name, body) {
      if (window && !window.isDestroyed()) window.webContents.send(name, body);
    },
    setTheme(theme) {
      nativeTheme.themeSource = theme;
    },
  };
}
