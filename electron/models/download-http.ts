/** Fetches over HTTPS, hop by hop: no cookies, no credentials, no packed bodies, bounded heads. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createAsyncQueue } from '../platform/async-queue.ts';
import type { AnswerHead } from './download-answer.ts';
import { firstHop, MAX_REDIRECTS, nextHop, type Hop } from './download-hop.ts';
import { TransportFault, type Answer, type Transport } from './download-transport.ts';

const MAX_HEADER_BYTES = 16 * 1024;
/** Read ahead of the disk. */
const MAX_WAITING_BYTES = 256 * 1024;
const MAX_VALIDATOR_LENGTH = 1_024;
const REDIRECTS = [301, 302, 303, 307, 308];
const SHA256 = /^"?([0-9a-f]{64})"?$/;

export interface HttpTransportOptions {
  /** `https://…` or `http://…` of a proxy for everything that leaves this computer; null for none. */
  readonly proxy: { readonly url: string; readonly except: string } | null;
}

export function createHttpTransport({ proxy }: HttpTransportOptions): Transport {
  const agents = {
    'http:': new http.Agent({ keepAlive: false }),
    'https:': new https.Agent({
      keepAlive: false,
      ...(proxy && { proxyEnv: { HTTPS_PROXY: proxy.url, NO_PROXY: proxy.except } }),
    }),
  };

  function request(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const isOpen = url.protocol === 'http:';
    const options = {
      agent: isOpen ? agents['http:'] : agents['https:'],
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'lull', ...headers },
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    };
    return new Promise((resolve, reject) => {
      const asked = isOpen ? http.get(url, options) : https.get(url, options);
      asked.once('response', resolve);
      asked.on('error', (error) => {
        reject(faultOf(error, url.host, signal));
      });
    });
  }

  return {
    async get(address, headers, signal) {
      let url = hopOrThrow(firstHop(address));
      let namedSha256: string | null = null;
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const answer = await request(url, headers, signal);
        if (hops === 0) namedSha256 = namedHash(answer);
        if (!REDIRECTS.includes(answer.statusCode ?? 0)) {
          return asAnswer(answer, url.host, namedSha256, signal);
        }
        answer.destroy();
        url = hopOrThrow(nextHop(url, answer.headers.location));
      }
      throw new TransportFault('refused', `${url.host} redirects without end.`);
    },
  };
}

function hopOrThrow(hop: Hop): URL {
  if ('fault' in hop) throw new TransportFault('refused', hop.fault);
  return hop.url;
}

function asAnswer(
  message: IncomingMessage,
  host: string,
  namedSha256: string | null,
  signal: AbortSignal,
): Answer {
  return {
    head: headOf(message),
    host,
    namedSha256,
    body: chunksOf(message, host, signal),
    close: () => {
      message.destroy();
    },
  };
}

/** Not the stream's own iterator, which forgets what it has buffered when the connection breaks. */
async function* chunksOf(
  message: IncomingMessage,
  host: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = createAsyncQueue<Buffer>();
  let waitingBytes = 0;
  message.on('data', (chunk: Buffer) => {
    waitingBytes += chunk.length;
    if (waitingBytes >= MAX_WAITING_BYTES) message.pause();
    chunks.push(chunk);
  });
  message.once('end', () => {
    chunks.end();
  });
  message.once('error', (error) => {
    chunks.fail(faultOf(error, host, signal));
  });
  message.once('close', () => {
    chunks.fail(new TransportFault('interrupted', `The connection to ${host} was closed.`));
  });
  // Its end may have come before anybody listened.
  if (message.destroyed) chunks.fail(new TransportFault('interrupted', `${host} closed early.`));
  for await (const chunk of chunks) {
    yield chunk;
    waitingBytes -= chunk.length;
    if (waitingBytes < MAX_WAITING_BYTES) message.resume();
  }
}

function headOf({ statusCode, headers }: IncomingMessage): AnswerHead {
  const length = headers['content-length'] ?? '';
  return {
    status: statusCode ?? 0,
    contentLength: /^\d{1,15}$/.test(length) ? Number(length) : null,
    contentRange: headers['content-range'] ?? null,
    contentEncoding: headers['content-encoding'] ?? null,
    retryAfter: headers['retry-after'] ?? null,
    etag: validatorOf(headers.etag),
    lastModified: validatorOf(headers['last-modified']),
  };
}

/** One that is too long to keep is as good as none. */
function validatorOf(text: string | undefined): string | null {
  return text !== undefined && text.length <= MAX_VALIDATOR_LENGTH ? text : null;
}

/** Large files on a hub: the redirect to where they lie names their hash. */
function namedHash({ headers }: IncomingMessage): string | null {
  const text = headers['x-linked-etag'];
  return typeof text === 'string' ? (SHA256.exec(text)?.[1] ?? null) : null;
}

/** An abort keeps its own reason: nobody is to blame for it. */
function faultOf(error: unknown, host: string, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  if (error instanceof TransportFault) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  const kind = code === 'HPE_HEADER_OVERFLOW' ? 'refused' : 'interrupted';
  return new TransportFault(kind, `The connection to ${host} failed (${code}).`, error);
}
