/** The system's dialogs for files, each attached to the window when there is one. */
import {
  dialog,
  type BrowserWindow,
  type OpenDialogOptions,
  type SaveDialogOptions,
} from 'electron';

/** @returns null when it was closed without a choice */
export async function chooseModelFile(parent: BrowserWindow | null): Promise<string | null> {
  const options: OpenDialogOptions = {
    title: 'Open a model',
    properties: ['openFile'],
    filters: [
      { name: 'GGUF models', extensions: ['gguf'] },
      { name: 'All files', extensions: ['*'] },
    ],
  };
  const { filePaths } = await (parent
    ? dialog.showOpenDialog(parent, options)
    : dialog.showOpenDialog(options));
  return filePaths[0] ?? null;
}

/** @returns null when it was closed without a choice */
export async function chooseCsvFile(
  parent: BrowserWindow | null,
  nowMs: number,
): Promise<string | null> {
  const day = new Date(nowMs).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const options: SaveDialogOptions = {
    title: 'Save earnings as CSV',
    defaultPath: `lull-earnings-${day}.csv`,
    filters: [{ name: 'Comma-separated values', extensions: ['csv'] }],
  };
  const { canceled, filePath } = await (parent
    ? dialog.showSaveDialog(parent, options)
    : dialog.showSaveDialog(options));
  return canceled || filePath === '' ? null : filePath;
}
