/** What each command of the window does: a line each, the work is the node's. */
import type { CommandInput } from '../ipc/table.ts';
import type { Hex } from '../protocol/hex.ts';
import type { CommandHandlers } from '../shell/ipc-router.ts';
import type { DesktopApp } from './compose-desktop.ts';

/** What only the desktop shell can do. */
export interface ShellActions {
  /** The chosen file, or null when the dialog was closed. */
  chooseModelFile(): Promise<string | null>;
  copyText(text: string): Promise<void>;
  openFolder(path: string): Promise<void>;
  /** Where to put the CSV; null when the dialog was closed. */
  chooseCsvFile(): Promise<string | null>;
  openWalletWindow(purpose: CommandInput<'wallet.openWindow'>['purpose']): Promise<void>;
  lockWallet(): void;
  setStartsAtLogin(on: boolean): void;
}

export function commandHandlers(app: DesktopApp, shell: ShellActions): CommandHandlers {
  const { node, chat, earning, receipts, wallet, welcome, models, governor } = app;
  const { library, hub } = node;
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
      node.changeSettings({ theme });
    },
    'settings.setStartsAtLogin': ({ on }) => {
      shell.setStartsAtLogin(on);
    },
    'settings.setDiscreet': ({ on }) => {
      node.changeSettings({ isDiscreet: on });
    },
    'welcome.begin': () => {
      welcome.begin();
    },
    'welcome.skip': ({ step, isSkipped }) => {
      welcome.skip(step, isSkipped);
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
    'models.download': ({ id }) => models.download(id).then(nothing),
    'models.pause': ({ id }) => {
      models.pause(id);
    },
    'models.remove': ({ id }) => models.remove(id).then(nothing),
    'models.search': ({ text }) => models.search(text),
    'models.downloadFound': ({ id }) => models.downloadFound(id).then(nothing),
    'models.import': async () => {
      const path = await shell.chooseModelFile();
      return path === null ? null : models.importFile(path);
    },
    'models.setLimit': ({ bytesPerSecond }) => {
      models.setLimit(bytesPerSecond);
    },
    'models.calibrate': () => {
      models.calibrate();
    },
    'models.cleanUp': () => models.cleanUp().then(nothing),
    'models.openFolder': () => shell.openFolder(models.folder).then(nothing),
    'settings.setKvType': ({ kvType }) => {
      node.changeEngine({ kvType });
    },
    'engine.setServer': ({ server }) => {
      node.changeEngine({ server });
    },
    'endpoint.copyToken': () => shell.copyText(node.endpoint.token()).then(nothing),
    'chat.open': ({ conversationId }) => chat.open(conversationId),
    'chat.send': ({ conversationId, text, via }) => chat.send(conversationId, text, via),
    'chat.stop': ({ messageId }) => {
      chat.stop(messageId);
    },
    'chat.regenerate': ({ messageId, via }) => chat.regenerate(messageId, via),
    'chat.rename': ({ conversationId, title }) => {
      chat.rename(conversationId, title);
    },
    'chat.delete': ({ conversationId }) => {
      chat.remove(conversationId);
      node.forgetConversations();
    },
    'chat.price': ({ conversationId, text }) => app.price(chat.turnsFor(conversationId, text)),
    'earn.setOn': ({ on }) => {
      earning.setOn(on);
    },
    'earn.setPresence': ({ presence }) => {
      earning.setPresence(presence);
    },
    'earn.setAfterRestart': ({ on }) => {
      earning.setAfterRestart(on);
    },
    'earn.pause': ({ minutes }) => {
      earning.pause(minutes ?? Infinity);
    },
    'governor.set': ({ change }) => {
      governor.set(change);
    },
    'governor.allow': ({ stretchId }) => {
      governor.allow(stretchId);
    },
    'governor.sensors': async () => [...(await app.sensorLines())],
    'governor.selfTest': () => {
      // It answers for its own failures.
      void governor.testEngine();
    },
    'earn.exportCsv': async () => {
      const path = await shell.chooseCsvFile();
      if (path === null) return null;
      await earning.exportCsv(path);
      return { path };
    },
    'earn.try': () => {
      earning.trial.start();
    },
    'earn.stop': () => {
      earning.trial.stop();
    },
    'earn.collect': () => earning.collect().then(nothing),
    'receipt.open': ({ ref }) => receipts.view(asHex(ref)),
    'receipt.verify': ({ ref }) => receipts.checks(asHex(ref)),
    'receipt.copy': ({ ref }) => shell.copyText(receipts.json(asHex(ref))).then(nothing),
    'doctor.run': () => app.doctor.run().then(nothing),
    'wallet.openWindow': ({ purpose }) => shell.openWalletWindow(purpose).then(nothing),
    'wallet.lock': () => {
      shell.lockWallet();
    },
    'wallet.refresh': () => wallet.refresh().then(nothing),
    'wallet.prepare': ({ action, amount }) => wallet.prepare(action, amount),
    'wallet.confirm': ({ intentId }) => wallet.confirm(intentId),
    'wallet.copyAddress': async ({ role }) => {
      await shell.copyText(await wallet.addressOf(role));
      return undefined;
    },
    'notice.dismiss': ({ noticeId }) => {
      hub.dispatch({ type: 'notice-dismissed', noticeId });
    },
  };
}

/** The command's guard has seen that it is hex. */
function asHex(text: string): Hex {
  return `0x${text.slice(2)}`;
}

function nothing(): undefined {
  return undefined;
}
