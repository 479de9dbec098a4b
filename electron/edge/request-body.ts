/** Reads the JSON body of a request, within limits. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { RefusalKind } from './http-refusals.ts';

export type BodyResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: RefusalKind }
  /** The client went away in between: there is nobody to answer. */
  | { readonly ok: false; readonly refusal: null };

export const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;

/** What is wrong with the body, as far as the headers tell; null when it may be read. */
export function refuseByHeaders(request: IncomingMessage, maxBytes: number): RefusalKind | null {
  const { headers } = request;
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) return 'no-length';
  if (length !== undefined && Number(length) > maxBytes) return 'too-large';
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') return 'wrong-type';
  return JSON_TYPE.test(headers['content-type'] ?? '') ? null : 'wrong-type';
}

/** Never rejects. The length counts as it arrives, so that no header has to be believed. */
export async function readJsonBody(request: Readable, maxBytes: number): Promise<BodyResult> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes === 'gone') return { ok: false, refusal: null };
  if (bytes === 'too-large') return { ok: false, refusal: 'too-large' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    // Nothing else can fail here, and the error's text would repeat what the client wrote.
    if (error instanceof SyntaxError || error instanceof TypeError) {
      return { ok: false, refusal: 'not-json' };
    }
    throw error;
  }
}

function readBytes(request: Readable, maxBytes: number): Promise<Buffer | 'too-large' | 'gone'> {
  return new Promise((resolve) => {
    const bytes = createByteStore(maxBytes);
    const finish = (result: Buffer | 'too-large' | 'gone'): void => {
      request.off('data', onData);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      if (!bytes.add(chunk)) finish('too-large');
    };
    request.on('data', onData);
    request.once('end', () => {
      finish(bytes.all());
    });
    request.once('error', () => {
      finish('gone');
    });
    request.once('close', () => {
      finish('gone');
    });
  });
}

/** In one piece from the start: a list of single bytes, which a client may send, takes a hundred times their room. */
function createByteStore(maxBytes: number) {
  let store = Buffer.alloc(0);
  let size = 0;
  return {
    /** False when there would be more than `maxBytes`. */
    add(chunk: Buffer): boolean {
      const needed = size + chunk.length;
      if (needed > maxBytes) return false;
      if (needed > store.length) {
        const larger = Buffer.alloc(Math.min(maxBytes, Math.max(needed, 2 * store.length)));
        store.copy(larger, 0, 0, size);
        store = larger;
      }
      chunk.copy(store, size);
      size = needed;
      return true;
    },
    all: () => store.subarray(0, size),
  };
}
