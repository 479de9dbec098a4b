/** Takes from the page every permission and every way to the network. */
import type { Session } from 'electron';
import type { Log } from '../platform/log.ts';
import { APP_ORIGIN } from './app-protocol.ts';

/** Copying text is all the page may ask for. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

export function lockSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, reply) => {
    const allowed = ALLOWED_PERMISSIONS.has(permission);
    if (!allowed) log.warn('refused a permission', { permission });
    reply(allowed);
  });
  session.setPermissionCheckHandler((_contents, permission) => ALLOWED_PERMISSIONS.has(permission));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, reply) => {
    reply({});
  });
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, reply) => {
    const own = isOwnUrl(details.url);
    if (!own) log.warn('refused a request of the page', { scheme: new URL(details.url).protocol });
    reply({ cancel: !own });
  });
}

/** True for what the page may load: its own files, and the tools of the inspector in development. */
export function isOwnUrl(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}/`) || url.startsWith('devtools://');
}
