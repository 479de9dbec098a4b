/** What each command of the window does: a line each, the work is the node's. */
import type { CommandHandlers } from '../shell/ipc-router.ts';
import type { LullNode } from './compose-node.ts';

/** What only the desktop shell can do. */
export interface ShellActions {
  /** The chosen file, or null when the dialog was closed. */
  chooseModelFile(): Promise<string | null>;
  copyText(text: string): Promise<void>;
  openFolder(path: string): Promise<void>;
}

export function commandHandlers(node: LullNode, shell: ShellActions): CommandHandlers {
  const { chat, library, hub } = node;
  return {
    'app.snapshot': () => hub.snapshot(),
    'app.openDataFolder': () => shell.openFolder(hub.snapshot().app.dataFolder).then(nothing),
    'setup.cancel': () => {
      node.preparation.cancel();
    },
    'setup.retry': () => {
      void node.preparation.run();
    },
    'settings.setTheme': ({ theme }) => {
      node.setTheme(theme);
    },
    'engine.probeAgain': () => {
      node.probeAgain();
    },
    'engine.restart': () => node.restartEngine().then(nothing),
    'model.choose': async () => {
      const path = await shell.chooseModelFile();
      return path === null ? null : library.open(path);
    },
    'model.open': ({ path }) => library.open(path),
    'model.use': ({ modelId }) => {
      library.use(modelId);
    },
    'model.forget': ({ modelId }) => {
      library.forget(modelId);
    },
    'endpoint.copyToken': () => shell.copyText(node.endpoint.token()).then(nothing),
    'chat.open': ({ conversationId }) => chat.open(conversationId),
    'chat.send': ({ conversationId, text }) => chat.send(conversationId, text),
    'chat.stop': ({ messageId }) => {
      chat.stop(messageId);
    },
    'chat.regenerate': ({ messageId }) => chat.regenerate(messageId),
    'chat.rename': ({ conversationId, title }) => {
      chat.rename(conversationId, title);
    },
    'chat.delete': ({ conversationId }) => {
      chat.remove(conversationId);
    },
    'notice.dismiss': ({ noticeId }) => {
      hub.dispatch({ type: 'notice-dismissed', noticeId });
    },
  };
}

function nothing(): undefined {
  return undefined;
}
