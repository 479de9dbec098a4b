/** A chain behind somebody's JSON-RPC server on this computer: HTTP with every size and time bounded. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { ChainError, type Eip1193 } from './eip1193.ts';
import { isServed, MAX_REPLY_BYTES, RPC_ERROR, rpcReplySchema } from './json-rpc.ts';

export interface RemoteLimits {
  readonly maxReplyBytes: number;
  /** From the request to the last byte of the reply. */
  readonly timeoutMs: number;
}

export const REMOTE_LIMITS: RemoteLimits = { maxReplyBytes: MAX_REPLY_BYTES, timeoutMs: 30_000 };

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];
const OK = 200;

/**
 * @param url `http:` on this computer; others have to be reached through something that is
 * @throws ChainError `unavailable` at once when the URL is none of those
 */
export function createRemoteChain(url: string, limits: RemoteLimits = REMOTE_LIMITS): Eip1193 {
  const target = parseLoopback(url);
  let lastId = 0;
  return {
    async request({ method, params }) {
      if (!isServed(method)) {
        throw new ChainError('refused', `There is no method ${method}.`, {
          rpcCode: RPC_ERROR.unknownMethod,
        });
      }
      lastId += 1;
      const body = JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params });
      return readReply(await post(target, body, limits));
    },
  };
}

function parseLoopback(url: string): URL {
  const target = URL.parse(url);
  if (target?.protocol !== 'http:' || !LOOPBACK.includes(target.hostname) || target.username) {
    throw new ChainError('unavailable', `${url} is no http address on this computer.`);
  }
  // A name could be pointed elsewhere.
  if (target.hostname === 'localhost') target.hostname = '127.0.0.1';
  return target;
}

function readReply(text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ChainError('malformed', 'The chain did not answer in JSON.', { cause: error });
  }
  const reply = rpcReplySchema.safeParse(json);
  if (!reply.success) throw new ChainError('malformed', 'The chain did not answer in JSON-RPC.');
  if ('result' in reply.data) return reply.data.result;
  const { code, message, data } = reply.data.error;
  throw new ChainError('refused', message, { rpcCode: code, data: data ?? null });
}

/** @throws ChainError `unavailable`: nobody can tell then how far the request came. */
async function post(target: URL, body: string, limits: RemoteLimits): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = httpRequest(
    target,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      agent: false,
      signal: AbortSignal.timeout(limits.timeoutMs),
    },
    (reply) => {
      readBody(reply, limits.maxReplyBytes).then(resolve, reject);
    },
  );
  call.once('error', reject);
  call.end(body);
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ChainError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChainError('unavailable', `The chain could not be asked: ${reason}`, {
      cause: error,
    });
  } finally {
    call.destroy();
  }
}

async function readBody(reply: IncomingMessage, maxBytes: number): Promise<string> {
  // Redirects are not followed: they end here, as any other status does.
  if (reply.statusCode !== OK) {
    throw new ChainError('unavailable', `The chain answered HTTP ${String(reply.statusCode)}.`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('expected bytes');
    size += chunk.length;
    if (size > maxBytes) {
      throw new ChainError('malformed', `The chain answered more than ${String(maxBytes)} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
