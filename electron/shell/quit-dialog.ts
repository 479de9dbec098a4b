/** Puts the question before quitting on the screen, and holds Electron's own quit back until it is answered. */
import { dialog, powerMonitor, type App, type BrowserWindow } from 'electron';
import { createQuitFlow, type QuitFlow, type QuitPorts } from './quit-flow.ts';
import { QUIT_CHOICES, type QuitChoice, type QuitWords } from './quit-words.ts';

export interface QuitGuardPorts extends Omit<QuitPorts, 'ask' | 'quit'> {
  readonly app: App;
  /** The open window, to attach the question to. */
  readonly window: () => BrowserWindow | null;
}

/** Every way to quit passes it; call `neverAsk` before quitting for a signal. */
export function guardQuit(ports: QuitGuardPorts): QuitFlow {
  const { app, window } = ports;
  const flow = createQuitFlow({
    ...ports,
    ask: (words) => askToQuit(words, window()),
    quit: () => {
      app.quit();
    },
  });
  app.on('before-quit', (event) => {
    if (!flow.mayQuit()) event.preventDefault();
  });
  // On Linux the end of a session arrives as a signal.
  if (process.platform === 'darwin') powerMonitor.on('shutdown', flow.neverAsk);
  app.on('browser-window-created', (_event, made) => {
    // Windows only. Not when it only asks for the end of the session: another program may refuse it.
    made.on('session-end', flow.neverAsk);
  });
  return flow;
}

/** Closing the question is *Cancel*. */
export async function askToQuit(
  words: QuitWords,
  parent: BrowserWindow | null,
): Promise<QuitChoice> {
  const options: Electron.MessageBoxOptions = {
    type: 'question',
    title: words.title,
    message: words.title,
    detail: words.message,
    buttons: [...words.buttons],
    defaultId: QUIT_CHOICES.indexOf('finish'),
    cancelId: QUIT_CHOICES.indexOf('cancel'),
    noLink: true,
  };
  const { response } = await (parent?.isVisible()
    ? dialog.showMessageBox(parent, options)
    : dialog.showMessageBox(options));
  return QUIT_CHOICES[response] ?? 'cancel';
}
