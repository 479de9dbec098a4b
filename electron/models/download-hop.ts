/** Which addresses a download may go to, and where a redirect may lead. */
import { BlockList, isIP } from 'node:net';

/** More than any honest hub needs. */
export const MAX_REDIRECTS = 10;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export type Hop = { readonly url: URL } | { readonly fault: string };

/** The first address of a source. */
export function firstHop(text: string): Hop {
  return parse(text, undefined);
}

/** Where an answer sends us on to; a secure way never becomes an open one, and nobody outside points inside. */
export function nextHop(from: URL, location: string | undefined): Hop {
  if (location === undefined) return { fault: 'The source redirects to nowhere.' };
  const next = parse(location, from);
  if ('fault' in next) return next;
  if (from.protocol === 'https:' && next.url.protocol === 'http:') {
    return { fault: `${from.host} redirects to an address that is not encrypted.` };
  }
  if (isInside(next.url) && !isInside(from)) {
    return { fault: `${from.host} redirects to this computer or its own network.` };
  }
  return next;
}

function parse(text: string, base: URL | undefined): Hop {
  if (!URL.canParse(text, base)) return { fault: 'The address of the source is none.' };
  const url = new URL(text, base);
  const isOpenHere = url.protocol === 'http:' && isLoopback(url);
  if (url.protocol !== 'https:' && !isOpenHere) {
    return { fault: `${url.host} is not asked, because the way there is not encrypted.` };
  }
  if (url.username !== '' || url.password !== '') {
    return { fault: `The address at ${url.host} carries a name or a password.` };
  }
  return { url };
}

function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/** What only this computer or the network around it can reach. */
const INSIDE = blockList([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
]);
const INSIDE_NAME = /(^|\.)(localhost|local|internal|lan|home\.arpa)$/;

function blockList(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, familyOf(net));
  return list;
}

/** By its name alone; that the one behind a name is who it says, TLS has to show. */
function isInside({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  if (isIP(host) !== 0) return INSIDE.check(host, familyOf(host));
  return !host.includes('.') || INSIDE_NAME.test(host);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
