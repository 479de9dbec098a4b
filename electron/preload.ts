/** Puts the typed bridge on `window.lull`: one function per row of the table, and no channel names. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { COMMANDS, NOTIFICATIONS, type Bridge } from './ipc/table.ts';

const command = Object.fromEntries(
  Object.keys(COMMANDS).map((name) => [
    name,
    (input?: unknown): Promise<unknown> => ipcRenderer.invoke(name, input),
  ]),
);

const on = Object.fromEntries(
  Object.keys(NOTIFICATIONS).map((name) => [
    name,
    (listener: (body: unknown) => void): (() => void) => {
      const relay = (_event: IpcRendererEvent, body: unknown): void => {
        listener(body);
      };
      ipcRenderer.on(name, relay);
      return () => {
        ipcRenderer.off(name, relay);
      };
    },
  ]),
);

const openDroppedModel: Bridge['openDroppedModel'] = (file) =>
  ipcRenderer.invoke('model.open', { path: webUtils.getPathForFile(file as File) }) as ReturnType<
    Bridge['openDroppedModel']
  >;

contextBridge.exposeInMainWorld('lull', { command, on, openDroppedModel });
