/** Decides from the head of a request whether it may be answered at all; pure. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** All values of the headers that decide, as they were sent. */
export interface RequestHead {
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly fetchSites: readonly string[];
  readonly authorizations: readonly string[];
}

export type GuardVerdict = 'pass' | 'bad-host' | 'foreign-host' | 'foreign-origin';

const HOST_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const HTTP_PORT = 80;
const BEARER = /^bearer +([\x21-\x7e]{1,256})$/i;

/**
 * Keeps web pages out. A page of another site that had its name pointed at this computer (DNS rebinding) still
 * sends its own name as `Host`; every other page sends an `Origin`, or at least says that it is another site.
 */
export function guardSource(head: RequestHead, port: number): GuardVerdict {
  const [host] = head.hosts;
  if (host === undefined || head.hosts.length !== 1) return 'bad-host';
  if (!isOurHost(host, port)) return 'foreign-host';
  if (head.origins.length > 0) return 'foreign-origin';
  // Sent by browsers only; `none` is somebody typing the address.
  return head.fetchSites.every((site) => site === 'none') ? 'pass' : 'foreign-origin';
}

/** Compared as a whole, so that there is nothing to parse and so nothing to parse wrongly. */
function isOurHost(host: string, port: number): boolean {
  const text = host.toLowerCase();
  return HOST_NAMES.some(
    (name) => text === `${name}:${String(port)}` || (port === HTTP_PORT && text === name),
  );
}

/**
 * Whether exactly one bearer token was sent, and the right one. Hashes are compared, so the time taken tells
 * nothing about the token.
 * @param tokenHash SHA-256 of the right token.
 */
export function isAuthorized(head: RequestHead, tokenHash: Uint8Array): boolean {
  const [authorization] = head.authorizations;
  if (authorization === undefined || head.authorizations.length !== 1) return false;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) return false;
  return timingSafeEqual(createHash('sha256').update(token).digest(), tokenHash);
}
