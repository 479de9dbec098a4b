/** Lull's one window: made on demand, focused when it exists, hidden or gone when closed, told what happens. */
import { BrowserWindow, nativeTheme } from 'electron';
import type { NotificationBody, NotificationName } from '../ipc/table.ts';
import type { Theme } from '../ipc/snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
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

export interface MainWindowOptions {
  readonly preloadPath: string;
  readonly iconPath: string;
  /** What becomes of the window when its owner closes it. */
  readonly onClose: () => Closed;
  /** Somebody typed, clicked or moved the pointer in it. */
  readonly onInput: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** `close` ends the page, `hide` only puts it out of sight, `keep` leaves all as it is. */
export type Closed = 'close' | 'hide' | 'keep';

const RELOAD_PAUSE_MS = 500;

export function createMainWindow({
  clock,
  log,
  onClose,
  onInput,
  ...paths
}: MainWindowOptions): MainWindow {
  let window: BrowserWindow | null = null;

  function open(): void {
    const made = new BrowserWindow(
      windowOptions({ ...paths, dark: nativeTheme.shouldUseDarkColors }),
    );
    made.once('ready-to-show', () => {
      made.show();
    });
    made.on('close', (event) => {
      const closed = onClose();
      if (closed !== 'close') event.preventDefault();
      if (closed === 'hide') hide(made);
    });
    made.webContents.on('input-event', onInput);
    made.on('closed', () => {
      window = null;
    });
    made.webContents.on('render-process-gone', (_event, { reason }) => {
      log.warn('the page ended and is loaded again', { reason });
      // Everything it showed is in main. The pause keeps a page that ends at once from spinning.
      clock.after(RELOAD_PAUSE_MS, () => {
        if (!made.isDestroyed()) made.reload();
      });
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

/** A window that is hidden while it fills a Mac's screen leaves that screen black. */
function hide(window: BrowserWindow): void {
  if (!window.isFullScreen()) {
    window.hide();
    return;
  }
  window.once('leave-full-screen', () => {
    window.hide();
  });
  window.setFullScreen(false);
}
