/** The HTTP server on 127.0.0.1: limits, guards, and only then a route. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import { guardSource, isAuthorized, type RequestHead } from './http-guard.ts';
import { refusalFor, type RefusalKind } from './http-refusals.ts';
import { createHttpReply, type ServerReply } from './http-reply.ts';
import type { EdgeLimits } from './limits.ts';
import type { HttpApi, HttpRoute } from './ports.ts';
import { readJsonBody, refuseByHeaders } from './request-body.ts';

/** The only address that is ever listened on. */
const ADDRESS = '127.0.0.1';

export interface HttpEndpointOptions {
  readonly api: HttpApi;
  /** SHA-256 of the bearer token. */
  readonly tokenHash: Uint8Array;
  readonly limits: EdgeLimits;
  readonly clock: Clock;
  /** Hears of a bug in a route; the client has been answered. */
  readonly onBug: (error: unknown) => void;
}

export interface HttpEndpoint {
  /** 0 lets the system choose. @returns the port. Rejects with the system's error, `EADDRINUSE` for one. */
  listen(port: number): Promise<number>;
  /** Drops every connection. */
  close(): void;
}

export function createHttpEndpoint(options: HttpEndpointOptions): HttpEndpoint {
  const { limits } = options;
  const active = new Map<Duplex, number>();
  const server = createServer({
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
    keepAliveTimeout: limits.keepAliveMs,
    insecureHTTPParser: false,
    // Without a Host the guard refuses too, but in the shape that clients read.
    requireHostHeader: false,
  });
  // A count would drop the headers beyond it, the ones the guard looks for included; bytes bound them.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.maxConnections;

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { signal, total } = track(active, request, response);
    const reply = createHttpReply(response, options.clock, limits.stallMs);
    const work =
      total > limits.maxRequests
        ? Promise.resolve('busy' as const)
        : answer(options, portOf(server), { request, response, reply, signal });
    work
      .then((refusal) => {
        if (refusal !== null) reply.refuse(refusal);
      })
      .catch((error: unknown) => {
        reply.refuse('internal');
        options.onBug(error);
      })
      .finally(() => {
        // What was refused unread is still drained, or the client could not read the refusal.
        request.resume();
      });
  };
  server.on('request', onRequest);
  // Node would ask for the body before anybody has looked at the headers.
  server.on('checkContinue', onRequest);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuseBrokenRequest(error, socket, active.has(socket));
  });
  return {
    listen: (port) => listen(server, port),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: ServerReply;
  readonly signal: AbortSignal;
}

/** @returns why the request is refused, or null when it was answered or its client has gone. */
async function answer(
  { api, tokenHash, limits }: HttpEndpointOptions,
  port: number,
  { request, response, reply, signal }: Exchange,
): Promise<RefusalKind | null> {
  const head = headOf(request);
  const verdict = guardSource(head, port);
  if (verdict !== 'pass') return verdict;
  const route = findRoute(api, request.url ?? '');
  // Strangers do not learn which addresses exist.
  if (!route?.open && !isAuthorized(head, tokenHash)) return 'wrong-token';
  if (!route) return 'no-route';
  if (request.method !== route.method) {
    reply.refuse('wrong-method', { allow: route.method });
    return null;
  }
  if (route.method === 'GET') {
    await route.answer(undefined, reply, signal);
    return null;
  }
  const refusal = refuseByHeaders(request, limits.maxBodyBytes);
  if (refusal) return refusal;
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await readJsonBody(request, limits.maxBodyBytes);
  if (!body.ok) return body.refusal;
  await route.answer(body.value, reply, signal);
  return null;
}

/** A target that is no plain path, as proxies send, finds nothing. */
function findRoute(api: HttpApi, target: string): HttpRoute | null {
  return api.find(target.split('?', 1)[0] ?? '');
}

function headOf(request: IncomingMessage): RequestHead {
  const all = request.headersDistinct;
  return {
    hosts: all['host'] ?? [],
    origins: all['origin'] ?? [],
    fetchSites: all['sec-fetch-site'] ?? [],
    authorizations: all['authorization'] ?? [],
  };
}

/**
 * Counts the request until it is answered or its connection closes, and aborts it in the second case. The
 * connection is watched too: an answer that waits behind another one hears nothing of its end.
 */
function track(
  active: Map<Duplex, number>,
  request: IncomingMessage,
  response: ServerResponse,
): { signal: AbortSignal; total: number } {
  const socket: Socket = request.socket;
  const controller = new AbortController();
  active.set(socket, (active.get(socket) ?? 0) + 1);
  const done = (): void => {
    response.off('close', done);
    socket.off('close', done);
    const left = (active.get(socket) ?? 1) - 1;
    if (left === 0) active.delete(socket);
    else active.set(socket, left);
    if (!response.writableFinished) controller.abort();
  };
  response.on('close', done);
  socket.on('close', done);
  const total = [...active.values()].reduce((sum, count) => sum + count, 0);
  return { signal: controller.signal, total };
}

/** @param isAnswering whether an answer is on its way on this socket: nothing may be written into it then. */
function refuseBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  isAnswering: boolean,
): void {
  if (isAnswering || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, body } = refusalFor(brokenKind(error.code));
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${String(status)} Refused\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${String(Buffer.byteLength(text))}\r\nconnection: close\r\n\r\n${text}`,
    // Whatever else such a client sends is not waited for.
    () => socket.destroy(),
  );
}

function brokenKind(code: string | undefined): RefusalKind {
  if (code === 'HPE_HEADER_OVERFLOW') return 'head-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'too-slow' : 'malformed';
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: ADDRESS, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve(portOf(server));
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
