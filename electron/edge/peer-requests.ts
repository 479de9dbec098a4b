/** Reads what a peer asks: address, headers, body, schema; nothing else of it goes any further. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../platform/clock.ts';
import { createDeferred } from '../platform/deferred.ts';
import type { RefusalCode } from '../protocol/refusal.ts';
import type { PeerLimits } from './limits.ts';
import { PEER_KINDS, PEER_ROUTES } from './peer-http.ts';
import { peerAskSchema, type PeerAskKind, type PeerAskWire } from './peer-messages.ts';
import { JSON_TYPE, readJsonBody } from './request-body.ts';

export type PeerRequest =
  | { readonly ok: true; readonly ask: PeerAskWire }
  | { readonly ok: false; readonly code: RefusalCode; readonly status: number }
  /** Nobody is left to answer. */
  | { readonly ok: false; readonly code: null };

export interface PeerHead {
  readonly kind: PeerAskKind;
  /** Bytes of the body as declared; 0 without one. */
  readonly bodyBytes: number;
}

const DIGITS = /^\d{1,9}$/;

function malformed(status: number): Extract<PeerRequest, { code: RefusalCode }> {
  return { ok: false, code: 'malformed', status };
}

/** What the headers tell; pure. */
export function readHead(
  headers: IncomingHttpHeaders,
  limits: Pick<PeerLimits, 'maxBodyBytes'>,
): PeerHead | Extract<PeerRequest, { code: RefusalCode }> {
  const kind = PEER_KINDS.find((each) => PEER_ROUTES[each].path === headers[':path']);
  if (kind === undefined) return malformed(404);
  const { method } = PEER_ROUTES[kind];
  if (headers[':method'] !== method) return malformed(405);
  if (method === 'GET') return { kind, bodyBytes: 0 };
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!JSON_TYPE.test(headers['content-type'] ?? '') || encoding !== 'identity') {
    return malformed(415);
  }
  const length = headers['content-length'];
  if (length === undefined || !DIGITS.test(length)) return malformed(411);
  const bodyBytes = Number(length);
  return bodyBytes > limits.maxBodyBytes ? malformed(413) : { kind, bodyBytes };
}

/** Never rejects. */
export async function readAsk(
  stream: ServerHttp2Stream,
  { kind, bodyBytes }: PeerHead,
  clock: Clock,
  limits: PeerLimits,
): Promise<PeerRequest> {
  if (kind === 'card') return { ok: true, ask: { kind } };
  const late = createDeferred<'late'>();
  const stopTimer = clock.after(limits.bodyMs, () => {
    late.resolve('late');
  });
  const body = await Promise.race([readJsonBody(stream, bodyBytes), late.promise]);
  stopTimer();
  if (body === 'late') return malformed(408);
  if (!body.ok) {
    if (body.refusal === null) return { ok: false, code: null };
    return malformed(body.refusal === 'too-large' ? 413 : 400);
  }
  const ask = { kind, body: body.value };
  return isAsk(ask) ? { ok: true, ask } : malformed(400);
}

/** What the schema takes is sent on as it came: main reads it by the same schema. */
function isAsk(value: unknown): value is PeerAskWire {
  return peerAskSchema.safeParse(value).success;
}
