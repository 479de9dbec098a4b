/** A server of one model file on 127.0.0.1 that behaves like a hub, or like a bad one: a fault for each request. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ServerFault =
  /** As a hub would. */
  | { readonly kind: 'none' }
  /** The whole file, whatever was asked for. */
  | { readonly kind: 'range-ignored' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The connection breaks off. */
  | { readonly kind: 'truncated'; readonly afterBytes: number }
  | { readonly kind: 'wrong-bytes' }
  | { readonly kind: 'stall'; readonly afterBytes: number }
  | { readonly kind: 'stalled-head' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'no-length' }
  | { readonly kind: 'huge-headers' }
  | { readonly kind: 'packed' }
  | { readonly kind: 'other-range' }
  /** So many bytes every 5 ms. */
  | { readonly kind: 'slow'; readonly bytes: number };

export interface ServerRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

export interface ModelServer {
  /** Of the file. */
  readonly url: string;
  readonly requests: readonly ServerRequest[];
  /** What the next requests meet, in order; none when it is empty. */
  readonly faults: ServerFault[];
  /** What each request meets when `faults` is empty. */
  fault: ServerFault;
  content: Buffer;
  /** Null sends none. */
  etag: string | null;
  /** Resolves when the next request arrives. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
}

const HUGE = 'x'.repeat(1_000);

export async function startModelServer(content: Buffer): Promise<ModelServer> {
  const requests: ServerRequest[] = [];
  let arrived = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    const { headers } = request;
    const ifRange = headers['if-range'];
    requests.push({
      path: request.url ?? '',
      range: headers.range,
      ifRange: typeof ifRange === 'string' ? ifRange : undefined,
      headers,
    });
    arrived.resolve(undefined);
    arrived = Promise.withResolvers<undefined>();
    answer(model, model.faults.shift() ?? model.fault, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const model: ModelServer = {
    url: `http://127.0.0.1:${port}/model.gguf`,
    requests,
    faults: [],
    fault: { kind: 'none' },
    content,
    etag: '"one"',
    nextRequest: () => arrived.promise,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return model;
}

function answer(
  model: ModelServer,
  fault: ServerFault,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  switch (fault.kind) {
    case 'redirect':
      response.writeHead(302, { location: fault.to }).end();
      return;
    case 'status':
      response
        .writeHead(fault.status, fault.retryAfter ? { 'retry-after': fault.retryAfter } : {})
        .end();
      return;
    case 'stalled-head':
      return;
    default:
      sendFile(model, fault, request, response);
  }
}

function sendFile(
  model: ModelServer,
  fault: ServerFault,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const isSameFile = headers['if-range'] === undefined || headers['if-range'] === model.etag;
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
  const isPart = asked !== undefined && isSameFile && fault.kind !== 'range-ignored';
  const start = isPart ? Number(asked) : 0;
  const total = model.content.length;
  if (start >= total) {
    response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    return;
  }
  if (model.etag !== null) response.setHeader('etag', model.etag);
  if (fault.kind === 'packed') response.setHeader('content-encoding', 'gzip');
  if (fault.kind === 'huge-headers') {
    for (let count = 0; count < 100; count++) response.setHeader(`x-${count}`, HUGE);
  }
  const from = fault.kind === 'other-range' ? start + 1 : start;
  if (isPart) response.setHeader('content-range', `bytes ${from}-${total - 1}/${total}`);
  if (fault.kind !== 'no-length') response.setHeader('content-length', total - start);
  response.writeHead(isPart ? 206 : 200);
  sendBody(fault, Buffer.from(model.content.subarray(start)), response);
}

function sendBody(fault: ServerFault, bytes: Buffer, response: ServerResponse): void {
  switch (fault.kind) {
    case 'truncated':
      response.write(bytes.subarray(0, fault.afterBytes), () => {
        // Closed in order, so that what was sent arrives: the length is what gives it away.
        response.socket?.end();
      });
      return;
    case 'stall':
      response.flushHeaders();
      response.write(bytes.subarray(0, fault.afterBytes));
      return;
    case 'slow':
      dribble(bytes, fault.bytes, response);
      return;
    case 'wrong-bytes':
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      response.end(bytes);
      return;
    default:
      response.end(bytes);
  }
}

function dribble(bytes: Buffer, step: number, response: ServerResponse): void {
  let at = 0;
  const timer = setInterval(() => {
    const isFree = response.write(bytes.subarray(at, at + step));
    at += step;
    if (at < bytes.length && isFree && !response.destroyed) return;
    clearInterval(timer);
    if (at >= bytes.length) response.end();
    else response.once('drain', () => dribble(bytes.subarray(at), step, response));
  }, 5);
  response.once('close', () => {
    clearInterval(timer);
  });
}
