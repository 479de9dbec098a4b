/** How every window is made: the page is sandboxed, isolated and has no Node. */
import type { BrowserWindowConstructorOptions } from 'electron';

export interface WindowLook {
  readonly preloadPath: string;
  readonly iconPath: string;
  readonly dark: boolean;
}

/** The page's own background in each theme, so that nothing flashes before the first paint. */
const BACKGROUND = { light: '#f7f8f8', dark: '#15191b' } as const;

export function windowOptions(look: WindowLook): BrowserWindowConstructorOptions {
  return {
    title: 'Lull',
    width: 1120,
    height: 760,
    minWidth: 380,
    minHeight: 480,
    show: false,
    icon: look.iconPath,
    backgroundColor: look.dark ? BACKGROUND.dark : BACKGROUND.light,
    autoHideMenuBar: true,
    webPreferences: {
      preload: look.preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  };
}
