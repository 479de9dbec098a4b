/** A peer server in this process, over a pair of duplexes and on a manual clock, with raw HTTP/2 clients. */
import { connect, type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { duplexPair, type Duplex } from 'node:stream';
import { PEER_LIMITS, type PeerLimits } from '../../electron/edge/limits.ts';
import type { PeerAskWire } from '../../electron/edge/peer-messages.ts';
import type { PeerReply } from '../../electron/edge/peer-reply.ts';
import { createPeerServer } from '../../electron/edge/peer-server.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { createManualClock } from './manual-clock.ts';
import { hexOf } from './peer-values.ts';

export interface Asked {
  readonly peerKey: Hex;
  readonly ask: PeerAskWire;
  readonly reply: PeerReply;
  taken: number;
  isDropped: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

export function createPeerServed(changes: Partial<PeerLimits> = {}) {
  const clock = createManualClock();
  const asked: Asked[] = [];
  const bugs: unknown[] = [];
  /** The server’s ends of all connections. */
  const accepted: Duplex[] = [];
  const server = createPeerServer({
    clock,
    limits: { ...PEER_LIMITS, ...changes },
    onBug: (error) => bugs.push(error),
    answer(peerKey, ask, reply) {
      const mine: Asked = { peerKey, ask, reply, taken: 0, isDropped: false };
      asked.push(mine);
      return {
        taken(count) {
          mine.taken += count;
        },
        drop() {
          mine.isDropped = true;
        },
      };
    },
  });
  /** The other end of a connection that the server takes for that peer’s. */
  const duplex = (peerByte = 1): Duplex => {
    const [theirs, ours] = duplexPair();
    ours.on('error', () => undefined);
    accepted.push(theirs);
    server.accept(theirs, hexOf(32, peerByte));
    return ours;
  };
  const session = (peerByte = 1): ClientHttp2Session => {
    const ours = duplex(peerByte);
    const http = connect('http://peer', { createConnection: () => ours });
    http.on('error', () => undefined);
    return http;
  };
  return { clock, asked, bugs, accepted, server, duplex, session };
}

/** Sends one request and reads its whole answer; rejects when the stream is reset. */
export function fetchRaw(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: string,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let status = 0;
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (head) => {
      status = head[':status'] ?? 0;
    });
    stream.on('data', (part: string) => {
      text += part;
    });
    stream.on('error', reject);
    // It may be answered before its body was sent to the end: then it does not close by itself.
    stream.on('end', () => {
      if (status === 0) reject(new Error('no answer'));
      else resolve({ status, body: text });
      stream.destroy();
    });
    if (body !== undefined) stream.end(body);
  });
}

export function postHeaders(path: string, body: string): OutgoingHttpHeaders {
  return {
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
}
