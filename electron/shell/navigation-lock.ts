/** Keeps every page where it is: no navigation, no new window, no embedded page. */
import type { App } from 'electron';
import type { Log } from '../platform/log.ts';

export function lockNavigation(app: App, log: Log): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuse = (event: { preventDefault(): void }): void => {
      event.preventDefault();
      log.warn('refused a navigation');
    };
    contents.on('will-navigate', refuse);
    contents.on('will-frame-navigate', refuse);
    contents.on('will-redirect', refuse);
    contents.on('will-attach-webview', refuse);
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
