/** JSON-RPC over HTTP on 127.0.0.1, so that other programs on this computer can see the practice chain. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { MAX_REPLY_BYTES, MAX_REQUEST_BYTES, RPC_ERROR, rpcRequestSchema } from './json-rpc.ts';

const ADDRESS = '127.0.0.1';
const HOST_NAMES = ['127.0.0.1', 'localhost'];
const JSON_TYPE = /^application\/json(?:\s*;|$)/i;

const LIMITS = {
  maxBodyBytes: MAX_REQUEST_BYTES,
  maxReplyBytes: MAX_REPLY_BYTES,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 64,
  /** Requests being answered at once. */
  maxRequests: 32,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 1_000,
  keepAliveMs: 5_000,
} as const;

export interface RpcServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): void;
}

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/**
 * @param chain answers no methods but those of `isServed`
 * @param port 0 lets the system choose
 * @throws the system's error, `EADDRINUSE` for one
 */
export async function serveRpc(chain: Eip1193, port: number): Promise<RpcServer> {
  let active = 0;
  const server = createServer({
    maxHeaderSize: LIMITS.maxHeaderBytes,
    headersTimeout: LIMITS.headersTimeoutMs,
    requestTimeout: LIMITS.requestTimeoutMs,
    connectionsCheckingInterval: LIMITS.timeoutCheckMs,
    keepAliveTimeout: LIMITS.keepAliveMs,
  });
  server.maxConnections = LIMITS.maxConnections;
  server.on('request', (request, response) => {
    active += 1;
    const finish = (reply: Reply): void => {
      active -= 1;
      write(response, reply);
      // What was refused unread is still drained, or the client could not read the refusal.
      request.resume();
    };
    const work = active > LIMITS.maxRequests ? busy() : answer(chain, portOf(server), request);
    work.catch(failed).then(finish).catch(failed);
  });
  await listen(server, port);
  return {
    url: `http://${ADDRESS}:${String(portOf(server))}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(chain: Eip1193, port: number, request: IncomingMessage): Promise<Reply> {
  const refused = refuseByHead(request, port);
  if (refused !== null) return refused;
  const text = await readText(request);
  if (text === null) return { status: 413, body: null };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return rpcError(null, RPC_ERROR.parse, 'This is not JSON.');
  }
  const call = rpcRequestSchema.safeParse(json);
  if (!call.success) return rpcError(null, RPC_ERROR.invalidRequest, 'This is no JSON-RPC call.');
  const { id, method, params = [] } = call.data;
  try {
    return {
      status: 200,
      body: { jsonrpc: '2.0', id, result: await chain.request({ method, params }) },
    };
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    const code = error.rpcCode ?? RPC_ERROR.internal;
    return rpcError(id, code, error.details ?? error.message, error.data);
  }
}

/**
 * Keeps web pages out: one whose name was pointed at this computer still sends that name as Host, every other one an
 * Origin, and a form cannot send JSON.
 */
function refuseByHead(request: IncomingMessage, port: number): Reply | null {
  const all = request.headersDistinct;
  const [host = '', ...more] = all['host'] ?? [];
  const isOurs = HOST_NAMES.some((name) => host.toLowerCase() === `${name}:${String(port)}`);
  if (!isOurs || more.length > 0 || all['origin'] !== undefined) return { status: 403, body: null };
  if (request.url !== '/') return { status: 404, body: null };
  if (request.method !== 'POST') return { status: 405, body: null };
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return { status: 415, body: null };
  const length = Number(request.headers['content-length'] ?? 0);
  return length > LIMITS.maxBodyBytes ? { status: 413, body: null } : null;
}

/** @returns null when it is too long. The length counts as it arrives, so that no header has to be believed. */
async function readText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const body: AsyncIterable<unknown> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('expected bytes');
    size += chunk.length;
    if (size > LIMITS.maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function rpcError(
  id: number | string | null,
  code: number,
  message: string,
  data: unknown = null,
): Reply {
  const error = data === null ? { code, message } : { code, message, data };
  return { status: 200, body: { jsonrpc: '2.0', id, error } };
}

function busy(): Promise<Reply> {
  return Promise.resolve({ status: 429, body: null });
}

function failed(error: unknown): Reply {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`a JSON-RPC request failed: ${reason}\n`);
  return { status: 500, body: null };
}

function write(response: ServerResponse, { status, body }: Reply): void {
  const text = body === null ? '' : JSON.stringify(body);
  if (Buffer.byteLength(text) > LIMITS.maxReplyBytes) {
    write(response, rpcError(null, RPC_ERROR.limit, 'The answer is too long; ask for less.'));
    return;
  }
  // A client that was refused in the middle of its body would take the rest for the next request.
  const close = status === 200 ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json', ...close });
  response.end(text);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: ADDRESS, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
