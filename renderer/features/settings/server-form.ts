/** Another server as its owner types it: what is wrong with it, or what is sent to main. */
import type { ExternalServer } from '../../../electron/ipc/snapshot.ts';

export interface TypedServer {
  readonly address: string;
  readonly model: string;
}

/** Null for a field that is right. */
export interface ServerFaults {
  readonly address: string | null;
  readonly model: string | null;
}

export const NO_FAULTS: ServerFaults = { address: null, model: null };

type ReadServer =
  { readonly server: ExternalServer; readonly faults: null } | { readonly faults: ServerFaults };

/** Where every such server has its API. */
const USUAL_PATH = '/v1';

/** Main refuses the same addresses; here it is said beside the field, before anything is sent. */
export function readServer({ address, model }: TypedServer): ReadServer {
  const url = URL.parse(address.trim());
  const wanted = model.trim();
  const faults = {
    address: addressFault(address.trim(), url),
    model: wanted === '' ? 'Write the name that the server has for the model.' : null,
  };
  if (url === null || faults.address !== null || faults.model !== null) return { faults };
  const path = url.pathname.replace(/\/+$/, '');
  const baseUrl = `${url.origin}${path === '' ? USUAL_PATH : path}`;
  return { server: { baseUrl, model: wanted }, faults: null };
}

function addressFault(text: string, url: URL | null): string | null {
  if (text === '') return 'Write the address of the server.';
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return 'Begin with http:// or https://, as in http://127.0.0.1:11434/v1.';
  }
  if (url.username !== '' || url.password !== '') {
    return 'Leave name and password out of the address.';
  }
  if (url.search !== '' || url.hash !== '') return 'Leave out what begins with ? or #.';
  return url.protocol === 'https:' || isPrivate(url.hostname)
    ? null
    : 'Use https. Without it, questions go only to this computer or, by number, to its own network: http://192.168.1.5:8000/v1 for example.';
}

/** This computer, and the ranges that home and office networks are made of. */
function isPrivate(host: string): boolean {
  if (host === 'localhost' || host === '[::1]') return true;
  return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))(\.\d{1,3})+$/.test(host);
}
