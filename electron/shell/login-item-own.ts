/** The entry with which this very copy of Lull starts at log-in, on whichever system it runs. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { app } from 'electron';
import { autostartFile, createLinuxLoginItem } from './login-item-linux.ts';
import { createSystemLoginItem } from './login-item-system.ts';
import { loginCommand, type LoginItem } from './login-item.ts';

/** Folders as the command line named them; null where it did not. */
export interface NamedFolders {
  readonly dataFolder: string | null;
  readonly cacheFolder: string | null;
}

export function ownLoginItem({ dataFolder, cacheFolder }: NamedFolders): LoginItem {
  const command = loginCommand({
    execPath: process.execPath,
    isPackaged: app.isPackaged,
    appPath: app.getAppPath(),
    appImage: process.env['APPIMAGE'],
    dataFolder: dataFolder === null ? null : resolve(dataFolder),
    cacheFolder: cacheFolder === null ? null : resolve(cacheFolder),
  });
  const { platform } = process;
  if (platform === 'darwin' || platform === 'win32') {
    return createSystemLoginItem(app, platform, command);
  }
  return createLinuxLoginItem(autostartFile(process.env, homedir()), command);
}
