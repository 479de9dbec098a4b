/** The window in which words and passphrase are typed: its own page, its own preload, gone when it is done. */
import { BrowserWindow, MessageChannelMain, nativeTheme } from 'electron';
import type { Purpose } from '../ipc/ceremony.ts';
import type { UnsentPort } from '../platform/child.ts';
import type { Log } from '../platform/log.ts';
import { APP_ORIGIN } from './app-protocol.ts';
import { windowOptions } from './window-options.ts';

const WALLET_URL = `${APP_ORIGIN}/wallet.html`;
/** The preload script listens for its end of the channel under this name. */
const PORT_CHANNEL = 'wallet.port';
const WIDTHS = { width: 560, minWidth: 420 } as const;
const HEIGHTS: Readonly<Record<Purpose, number>> = { create: 680, import: 640, unlock: 480 };
const MIN_HEIGHT = 440;

export interface WalletWindow {
  /** Brings the window to the front when it is open already, whatever for. Resolves when it can be used. */
  open(purpose: Purpose): Promise<void>;
  /** Closes it without asking; what was typed is lost. */
  close(): void;
}

export interface WalletWindowOptions {
  readonly preloadPath: string;
  readonly iconPath: string;
  readonly log: Log;
  /** The window that waits meanwhile. */
  readonly parent: () => BrowserWindow | null;
  /** Given the keyring process's end of a channel to the page. */
  readonly converse: (purpose: Purpose, port: UnsentPort) => void;
  readonly onBusy: (isBusy: boolean) => void;
}

export function createWalletWindow(options: WalletWindowOptions): WalletWindow {
  let window: BrowserWindow | null = null;

  function make(purpose: Purpose): BrowserWindow {
    const made = makeWindow(options, purpose);
    const { webContents } = made;
    let isConnected = false;
    webContents.on('did-finish-load', () => {
      // A page that loads again has lost what was typed, and its port: it starts over in a new window.
      if (isConnected) made.destroy();
      else {
        isConnected = true;
        const { port1, port2 } = new MessageChannelMain();
        webContents.postMessage(PORT_CHANNEL, null, [port1]);
        options.converse(purpose, port2);
      }
    });
    webContents.on('render-process-gone', (_event, { reason }) => {
      options.log.warn('the wallet’s page ended', { reason });
      made.destroy();
    });
    made.on('closed', () => {
      window = null;
      options.onBusy(false);
    });
    return made;
  }

  return {
    async open(purpose) {
      if (window) {
        window.focus();
        return;
      }
      const made = make(purpose);
      window = made;
      options.onBusy(true);
      await made.loadURL(WALLET_URL).catch((error: unknown) => {
        // Closed in the meantime, or a window that would never be shown and stand in the way of the next one.
        if (made.isDestroyed()) return;
        made.destroy();
        throw error;
      });
    },
    close() {
      window?.destroy();
    },
  };
}

function makeWindow(
  { preloadPath, iconPath, parent }: WalletWindowOptions,
  purpose: Purpose,
): BrowserWindow {
  const above = parent();
  const look = { preloadPath, iconPath, dark: nativeTheme.shouldUseDarkColors };
  const made = new BrowserWindow({
    ...windowOptions(look),
    ...WIDTHS,
    height: HEIGHTS[purpose],
    minHeight: MIN_HEIGHT,
    title: 'Lull wallet',
    maximizable: false,
    minimizable: false,
    fullscreenable: false,
    ...(above ? { parent: above, modal: true } : {}),
  });
  made.removeMenu();
  // Keeps the words out of screenshots and shared screens, where the system can.
  made.setContentProtection(true);
  made.once('ready-to-show', () => {
    made.show();
  });
  return made;
}
