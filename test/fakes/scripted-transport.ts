/** A network of sources that fail as the test says: one fault for each request, then none. */
import type { AnswerHead } from '../../electron/models/download-answer.ts';
import { TransportFault, type Transport } from '../../electron/models/download-transport.ts';

export type ScriptedFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'no-connection' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'range-ignored' }
  | { readonly kind: 'no-length' }
  | { readonly kind: 'other-range' }
  | { readonly kind: 'other-etag' }
  | { readonly kind: 'other-length' }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'ends'; readonly afterBytes: number }
  | { readonly kind: 'stall'; readonly afterBytes: number }
  | { readonly kind: 'wrong-bytes' }
  | { readonly kind: 'too-much' };

export interface ScriptedRequest {
  readonly url: string;
  readonly range: string | undefined;
}

export interface ScriptedTransport extends Transport {
  readonly requests: readonly ScriptedRequest[];
}

const CHUNK_BYTES = 700;

/** @param next which fault meets the next request */
export function createScriptedTransport(
  content: Buffer,
  next: (url: string) => ScriptedFault,
  namedSha256: string | null = null,
): ScriptedTransport {
  const requests: ScriptedRequest[] = [];
  return {
    requests,
    async get(url, headers) {
      const fault = next(url);
      const { range } = headers;
      requests.push({ url, range });
      if (fault.kind === 'no-connection') throw new TransportFault('interrupted', 'no connection');
      const asked = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      const start = fault.kind === 'range-ignored' ? 0 : asked;
      return {
        head: headOf(fault, start, content.length),
        host: new URL(url).host,
        namedSha256,
        body: bodyOf(fault, content.subarray(start)),
        close: () => undefined,
      };
    },
  };
}

function headOf(fault: ScriptedFault, start: number, sizeBytes: number): AnswerHead {
  const total = fault.kind === 'other-length' ? sizeBytes + 1 : sizeBytes;
  const from = fault.kind === 'other-range' ? start + 1 : start;
  const isPart = start > 0;
  const status = fault.kind === 'status' ? fault.status : isPart ? 206 : 200;
  return {
    status,
    contentLength: fault.kind === 'no-length' ? null : total - start,
    contentRange: isPart ? `bytes ${from}-${total - 1}/${total}` : null,
    contentEncoding: null,
    retryAfter: fault.kind === 'status' ? fault.retryAfter : null,
    etag: fault.kind === 'other-etag' ? '"other"' : '"one"',
    lastModified: null,
  };
}

async function* bodyOf(fault: ScriptedFault, bytes: Buffer): AsyncGenerator<Uint8Array> {
  const sent = 'afterBytes' in fault ? bytes.subarray(0, fault.afterBytes) : bytes;
  for (let at = 0; at < sent.length; at += CHUNK_BYTES) {
    const chunk = Buffer.from(sent.subarray(at, at + CHUNK_BYTES));
    if (fault.kind === 'wrong-bytes') chunk[0] = (chunk[0] ?? 0) ^ 1;
    yield chunk;
  }
  if (fault.kind === 'too-much') yield Buffer.alloc(CHUNK_BYTES);
  if (fault.kind === 'stall') await new Promise(() => undefined);
  if (fault.kind === 'cut') throw new TransportFault('interrupted', 'cut off');
}
