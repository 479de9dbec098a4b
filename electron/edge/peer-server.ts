/** Serves peers over their duplexes: HTTP/2 within limits, and only then whoever answers. */
import {
  constants,
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import type { Hex } from '../protocol/hex.ts';
import type { PeerLimits } from './limits.ts';
import { endSession, keepPinging, peerServerOptions } from './peer-http.ts';
import type { PeerAskWire } from './peer-messages.ts';
import { createPeerQuota, type PeerQuota } from './peer-quota.ts';
import { createPeerReply, refusalOf, type PeerReply } from './peer-reply.ts';
import { readAsk, readHead } from './peer-requests.ts';

/** One request that whoever answers is working on. */
export interface PeerRun {
  /** The asker's connection took so many events. */
  taken(count: number): void;
  /** The asker has gone; nothing that comes for it is sent any more. */
  drop(): void;
}

export interface PeerServerPorts {
  readonly clock: Clock;
  readonly limits: PeerLimits;
  /** Answers through `reply`, now or later. */
  readonly answer: (peerKey: Hex, ask: PeerAskWire, reply: PeerReply) => PeerRun;
  /** Hears of a bug; the peer has been answered. */
  readonly onBug: (error: unknown) => void;
}

export interface PeerServer {
  accept(duplex: Duplex, peerKey: Hex): void;
  /** Drops every session. */
  dispose(): void;
}

export function createPeerServer(ports: PeerServerPorts): PeerServer {
  const { limits } = ports;
  const quota = createPeerQuota(limits);
  const sessions = new Map<ServerHttp2Session, Duplex>();

  return {
    accept(duplex, peerKey) {
      const giveBack = quota.session(peerKey);
      if (giveBack === null) {
        duplex.destroy();
        return;
      }
      const session = performServerHandshake(duplex, peerServerOptions(limits));
      sessions.set(session, duplex);
      // The session's end says all that matters; why it broke is the peer's affair.
      session.on('error', () => undefined);
      session.on('close', () => {
        duplex.destroy();
      });
      duplex.once('close', () => {
        sessions.delete(session);
        giveBack();
      });
      superviseStreams(session, duplex, ports, (stream, headers) => {
        serve(stream, headers, peerKey, quota, ports).catch((error: unknown) => {
          if (!stream.destroyed) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
          ports.onBug(error);
        });
      });
    },
    dispose() {
      for (const [session, duplex] of sessions) endSession(session, duplex);
    },
  };
}

/** Tells of every stream, and closes a session whose other end resets too many of them. */
function superviseStreams(
  session: ServerHttp2Session,
  duplex: Duplex,
  { clock, limits }: PeerServerPorts,
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): void {
  let open = 0;
  let resetsAtMs: number[] = [];
  keepPinging(session, duplex, clock, limits, () => open > 0);
  session.on('stream', (stream, headers) => {
    open += 1;
    stream.on('error', () => undefined);
    stream.once('close', () => {
      open -= 1;
      if (!stream.aborted) return;
      const now = clock.monotonicMs();
      resetsAtMs = [...resetsAtMs.filter((at) => at > now - limits.resetWindowMs), now];
      if (resetsAtMs.length > limits.maxResets) {
        endSession(session, duplex, constants.NGHTTP2_ENHANCE_YOUR_CALM);
      }
    });
    onStream(stream, headers);
  });
}

async function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  peerKey: Hex,
  quota: PeerQuota,
  ports: PeerServerPorts,
): Promise<void> {
  const { clock, limits } = ports;
  let run: PeerRun | null = null;
  const reply = createPeerReply(stream, clock, limits, (count) => run?.taken(count));
  const place = quota.stream(peerKey);
  if (place === null) {
    reply.refuse(refusalOf('queue-full'));
    return;
  }
  const stopWhole = clock.after(limits.wholeMs, reply.fail);
  stream.once('close', () => {
    stopWhole();
    place();
    run?.drop();
  });
  const head = readHead(headers, limits);
  if ('code' in head) {
    reply.refuse(refusalOf(head.code), head.status);
    return;
  }
  const room = quota.body(peerKey, head.bodyBytes);
  if (room === null) {
    reply.refuse(refusalOf('queue-full'));
    return;
  }
  const request = await readAsk(stream, head, clock, limits);
  room();
  if (!request.ok) {
    if (request.code !== null) reply.refuse(refusalOf(request.code), request.status);
    return;
  }
  if (stream.destroyed) return;
  if (request.ask.kind === 'relay') reply.begin();
  run = ports.answer(peerKey, request.ask, reply);
}
