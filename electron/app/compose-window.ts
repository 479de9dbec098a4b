/** Puts a window round Lull: page, commands, tray, what closing and quitting mean, and the wallet's own window. */
import { join } from 'node:path';
import { app, clipboard, ipcMain, protocol, session, shell } from 'electron';
import type { NotificationBody } from '../ipc/table.ts';
import { AppError } from '../platform/app-error.ts';
import { setAppMenu } from '../shell/app-menu.ts';
import { serveApp } from '../shell/app-protocol.ts';
import { createCloseHandler } from '../shell/close-window.ts';
import { chooseCsvFile, chooseModelFile } from '../shell/file-dialogs.ts';
import { isOwnFrame, routeCommands } from '../shell/ipc-router.ts';
import { ownLoginItem } from '../shell/login-item-own.ts';
import { wasStartedAtLogin } from '../shell/login-item-system.ts';
import { HIDDEN_OPTION } from '../shell/login-item.ts';
import { createMainWindow, type Closed, type MainWindow } from '../shell/main-window.ts';
import { guardQuit } from '../shell/quit-dialog.ts';
import type { QuitFlow } from '../shell/quit-flow.ts';
import { lockSession } from '../shell/session-lock.ts';
import { createTray, type LullTray } from '../shell/tray.ts';
import { commandHandlers, type ShellActions } from './commands.ts';
import type { ChatNews } from './compose-chat.ts';
import type { DesktopApp } from './compose-desktop.ts';
import type { NodePorts } from './compose-node.ts';
import type { Options } from './options.ts';
import { composeWalletMain, type WalletMain } from './wallet-main.ts';

/** A panel that shows tray icons may start after Lull; without one by then, a hidden Lull comes out. */
const TRAY_WAIT_MS = 65_000;

export interface WindowConfig {
  readonly dataFolder: string;
  readonly resourceFolder: string;
  readonly options: Pick<Options, 'dataFolder' | 'cacheFolder'>;
}

export interface WindowPorts extends NodePorts {
  /** The window has just got input. */
  readonly onInput: () => void;
}

export interface WindowApp {
  /** What goes to the page by itself. */
  readonly publish: (news: ChatNews) => void;
  /** @param isHidden in the tray until somebody opens it */
  open(desktop: DesktopApp, isHidden: boolean): QuitFlow;
  dispose(): void;
}

export function composeWindow(config: WindowConfig, ports: WindowPorts): WindowApp {
  const { clock, log } = ports;
  const dist = join(app.getAppPath(), 'dist/electron');
  const iconPath = join(config.resourceFolder, 'icons/lull.png');
  let onClose: () => Closed = () => 'close';
  const disposers: (() => void)[] = [];
  const window = createMainWindow({
    clock,
    log,
    preloadPath: join(dist, 'preload.cjs'),
    iconPath,
    onClose: () => onClose(),
    onInput: ports.onInput,
  });

  function makeTray({ node, earning }: DesktopApp): LullTray {
    const tray = createTray({
      onOpen: window.show,
      onPause: (ms) => {
        earning.pause(ms / 60_000);
      },
      onResume: () => {
        earning.pause(0);
      },
      onSetEarning: (isOn) => {
        try {
          earning.setOn(isOn);
        } catch (error) {
          node.raise(error);
        }
      },
      onQuit: () => {
        app.quit();
      },
      clock,
      log,
      iconFolder: join(config.resourceFolder, 'icons/tray'),
    });
    const update = (): void => {
      const { status, settings } = node.hub.snapshot();
      const answersInFlight = node.inFlight.count();
      const awaySeconds = settings.governor.startAfterSeconds;
      tray.update({ status, isEarningOn: earning.isOn(), answersInFlight, awaySeconds });
    };
    update();
    node.hub.onPatch(update);
    node.inFlight.onChange(update);
    return tray;
  }

  function actions(wallet: WalletMain, node: DesktopApp['node']): ShellActions {
    const login = ownLoginItem(config.options);
    const showLogin = (): void => {
      node.hub.dispatch({
        type: 'settings-changed',
        change: { startsAtLogin: login.isOn() },
      });
    };
    showLogin();
    return {
      chooseModelFile: () => chooseModelFile(window.current()),
      chooseCsvFile: () => chooseCsvFile(window.current(), clock.nowMs()),
      copyText: async (text) => {
        await clipboard.writeText(text);
      },
      openFolder: async (path) => {
        const trouble = await shell.openPath(path);
        if (trouble !== '') throw new AppError('data-folder-unusable', { details: trouble });
      },
      openWalletWindow: wallet.open,
      lockWallet: wallet.lock,
      setStartsAtLogin(on) {
        try {
          login.set(on);
        } finally {
          showLogin();
        }
      },
    };
  }

  function guard(desktop: DesktopApp): QuitFlow {
    const { node, earning } = desktop;
    return guardQuit({
      app,
      window: window.current,
      work: () => ({
        relays: node.hub.snapshot().status.relaysInFlight,
        answers: node.inFlight.count(),
        transactions: node.pendingTransactions(),
      }),
      refuseWork: () => earning.refuseWork(),
      onStay: window.show,
      clock,
      log,
    });
  }

  return {
    publish(event) {
      if (event.type === 'end') window.notify('chat.end', event.message);
      else window.notify('chat.delta', deltaOf(event));
    },
    open(desktop, isHidden) {
      const { node } = desktop;
      setAppMenu(process.platform);
      lockSession(session.defaultSession, log);
      serveApp(protocol, join(app.getAppPath(), 'dist/renderer'));
      const wallet = composeWalletMain({
        ...ports,
        hub: node.hub,
        folder: config.dataFolder,
        preloadPath: join(dist, 'wallet-preload.cjs'),
        iconPath,
        parent: window.current,
      });
      const tray = makeTray(desktop);
      disposers.push(wallet.dispose, tray.dispose);
      route(desktop, actions(wallet, node), window, ports);
      const quit = guard(desktop);
      onClose = createCloseHandler({
        facts: () => ({
          isEarningOn: desktop.earning.isOn(),
          answersInFlight: answersInFlight(node),
          hasBeenTold: node.settings.current().toldClosing,
        }),
        tray,
        onTold: () => {
          node.settings.change({ toldClosing: true });
        },
        onQuit: () => {
          app.quit();
        },
        isQuitting: () => quit.isQuitting(),
        onShow: window.show,
        clock,
        log,
      });
      disposers.push(quit.dispose);
      followHub(node, window);
      const startsHidden = isHidden || wasStartedAtLogin(app, process.platform);
      if (!startsHidden) window.show();
      else disposers.push(comeOutWithoutTray(tray, window, ports));
      app.on('second-instance', (_event, argv) => {
        // Logging in again while Lull runs is no wish to see it.
        if (!argv.includes(HIDDEN_OPTION)) window.show();
      });
      app.on('activate', window.show);
      app.on('window-all-closed', () => {
        app.quit();
      });
      desktop.start(startsHidden).catch(node.raise);
      return quit;
    },
    dispose() {
      for (const dispose of disposers.splice(0).reverse()) dispose();
    },
  };
}

function route(
  desktop: DesktopApp,
  shellActions: ShellActions,
  window: MainWindow,
  { log }: NodePorts,
): void {
  routeCommands(ipcMain, commandHandlers(desktop, shellActions), {
    isOwnFrame: (event) => {
      const contents = window.current()?.webContents;
      return contents !== undefined && isOwnFrame(event, contents);
    },
    log,
  });
}

function followHub({ hub }: DesktopApp['node'], window: MainWindow): void {
  hub.onPatch((patch) => {
    if (patch.changes.settings) window.setTheme(patch.changes.settings.theme);
    window.notify('hub.patch', patch);
  });
  window.setTheme(hub.snapshot().settings.theme);
}

/** For the owner and for others; *Try earning* goes on writing until its last one. */
function answersInFlight({ hub, inFlight }: DesktopApp['node']): number {
  const { relaysInFlight, trialRelaysLeft } = hub.snapshot().status;
  return inFlight.count() + Math.max(relaysInFlight, trialRelaysLeft ?? 0);
}

/** Nobody could get at a Lull that has neither a window nor a tray. @returns what ends the wait */
function comeOutWithoutTray(tray: LullTray, window: MainWindow, { clock }: NodePorts): () => void {
  return clock.after(TRAY_WAIT_MS, () => {
    if (!tray.isUsable && window.current() === null) window.show();
  });
}

function deltaOf({
  messageId,
  conversationId,
  sequence,
  text,
}: Extract<ChatNews, { type: 'delta' }>): NotificationBody<'chat.delta'> {
  return { messageId, conversationId, sequence, text };
}
