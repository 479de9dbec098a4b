/** Starts Lull: harden, see which mode is asked for and whether a copy already runs, compose. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog, protocol } from 'electron';
import { composeApp, failToStart } from './app/compose-app.ts';
import { HELP, ownArguments, parseOptions, type Options } from './app/options.ts';
import { makeFolders, pathsIn, type Paths } from './app/paths.ts';
import { chatThere } from './app/run-chat.ts';
import { findRunningCopy, withdrawEndpoint } from './app/running-copy.ts';
import { EXIT, processTerminal } from './app/terminal.ts';
import { registerAppScheme } from './shell/app-protocol.ts';

app.enableSandbox();
// The page gets nothing from a network, and neither does Chromium for itself.
app.commandLine.appendSwitch('disable-background-networking');
app.commandLine.appendSwitch('disable-component-update');
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
registerAppScheme(protocol);

const options = readOptions();
const hasWindow = options.mode.kind === 'window';
if (options.mode.kind === 'help') {
  processTerminal.write(HELP);
  process.exit(EXIT.ok);
}

try {
  const paths = preparePaths(options);
  if (app.requestSingleInstanceLock()) {
    // Left over when the last copy was killed; whoever reads it would ask a stranger.
    withdrawEndpoint(paths);
    app
      .whenReady()
      .then(() => composeApp(options, paths))
      .catch((error: unknown) => failToStart(error, hasWindow));
  } else {
    leaveToRunningCopy(options, paths).then(
      (code) => process.exit(code),
      (error: unknown) => failToStart(error, false),
    );
  }
} catch (error) {
  // The message box needs the app to be ready.
  if (hasWindow) void app.whenReady().then(() => failToStart(error, true));
  else failToStart(error, false);
}

function readOptions(): Options {
  try {
    return parseOptions(ownArguments(process.argv, app.isPackaged));
  } catch (error) {
    return failToStart(error, false);
  }
}

function preparePaths(wanted: Options): Paths {
  const { cacheFolder } = wanted;
  const paths = pathsIn(dataFolderFor(wanted), cacheFolder === null ? null : resolve(cacheFolder));
  makeFolders(paths);
  // The single-instance lock lies in this folder, so each data folder has one copy of Lull.
  app.setPath('userData', paths.dataFolder);
  app.setPath('sessionData', paths.chromium);
  return paths;
}

function dataFolderFor({ dataFolder, mode, join: joined }: Options): string {
  if (dataFolder !== null) return resolve(dataFolder);
  // The demo begins from nothing, and leaves nothing behind.
  if (mode.kind === 'demo') {
    const folder = mkdtempSync(join(tmpdir(), 'lull-demo-'));
    app.on('quit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
    return folder;
  }
  return join(app.getPath('appData'), joined === null ? 'Lull' : 'Lull-joined');
}

/** A copy with a window came to the front through the lock; any other has to be told of. */
async function leaveToRunningCopy({ mode, json }: Options, paths: Paths): Promise<number> {
  const copy = findRunningCopy(paths);
  if (mode.kind === 'chat' && copy) return chatThere(copy, mode.question, processTerminal, json);
  const where = copy ? ` Its endpoint is ${copy.info.url}.` : '';
  const sentence = `Lull already runs on ${paths.dataFolder}.${where}`;
  processTerminal.tell(sentence);
  if (mode.kind !== 'window') return EXIT.alreadyRunning;
  if (!copy?.info.hasWindow) {
    await app.whenReady();
    dialog.showErrorBox('Lull already runs without a window', sentence);
  }
  return EXIT.ok;
}
