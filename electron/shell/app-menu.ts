/** The menu bar: none where windows have their own, the few entries a Mac cannot do without there. */
import { Menu } from 'electron';

/** Without an Edit menu nothing can be copied or pasted on macOS; no entry opens developer tools. */
export function setAppMenu(platform: NodeJS.Platform): void {
  const menu =
    platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null;
  Menu.setApplicationMenu(menu);
}
