/** What another server is called, wherever it answers instead of our own engine. */
import type { ExternalServer } from '../../electron/ipc/snapshot.ts';

/** For example `the server at 127.0.0.1:11434`, as main calls it, too. */
export function serverName({ baseUrl }: ExternalServer): string {
  return `the server at ${URL.parse(baseUrl)?.host ?? baseUrl}`;
}
