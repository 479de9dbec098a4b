/** One warm HTTP/2 session for each peer that is called, opened with the first call. */
import { connect, type ClientHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import type { Hex } from '../protocol/hex.ts';
import type { PeerLimits } from './limits.ts';
import { endSession, keepPinging, peerClientOptions } from './peer-http.ts';
import type { PeerTransport } from './peer-transport.ts';

export interface PeerSession {
  readonly http: ClientHttp2Session;
  /** Counts as a stream until the returned function is called, however long it waits for its place. */
  use(): () => void;
  end(): void;
}

export interface PeerSessions {
  /** @throws AppError `peer-unreachable`, `cancelled` */
  get(peerKey: Hex, signal: AbortSignal): Promise<PeerSession>;
  /** Drops every session. */
  dispose(): void;
}

export function createPeerSessions(
  transport: Pick<PeerTransport, 'dial'>,
  clock: Clock,
  limits: PeerLimits,
): PeerSessions {
  const sessions = new Map<Hex, Promise<PeerSession>>();
  const open = new Set<PeerSession>();
  const closing = new AbortController();

  function start(peerKey: Hex): Promise<PeerSession> {
    // Whoever gives up waiting does not end the dial: another call may wait for it, or come next.
    const starting = transport.dial(peerKey, closing.signal).then((duplex) => {
      const session = openSession(duplex, clock, limits);
      const forget = (): void => {
        if (sessions.get(peerKey) === starting) sessions.delete(peerKey);
      };
      session.http.once('goaway', forget);
      session.http.once('close', () => {
        open.delete(session);
        forget();
      });
      open.add(session);
      return session;
    });
    sessions.set(peerKey, starting);
    starting.catch(() => sessions.delete(peerKey));
    return starting;
  }

  return {
    async get(peerKey, signal) {
      const warm = await untilAborted(sessions.get(peerKey) ?? start(peerKey), signal);
      const isUsable = !warm.http.destroyed && !warm.http.closed;
      // Its streams hear of a session's end before the session itself.
      return isUsable ? warm : untilAborted(start(peerKey), signal);
    },
    dispose() {
      closing.abort();
      for (const session of open) session.end();
    },
  };
}

function openSession(duplex: Duplex, clock: Clock, limits: PeerLimits): PeerSession {
  const http = connect('http://peer', {
    ...peerClientOptions(limits),
    createConnection: () => duplex,
  });
  let streams = 0;
  let stopCooling: (() => void) | null = null;
  const cool = (): void => {
    stopCooling?.();
    stopCooling =
      streams > 0
        ? null
        : clock.after(limits.warmMs, () => {
            http.close();
          });
  };
  http.once('connect', () => {
    if (!http.destroyed) http.setLocalWindowSize(limits.sessionWindowBytes);
  });
  // A peer has no reason to open streams of its own.
  http.on('stream', (stream) => {
    stream.destroy();
  });
  http.on('error', () => undefined);
  http.once('close', () => {
    stopCooling?.();
    duplex.destroy();
  });
  const pings = keepPinging(http, duplex, clock, limits, () => streams > 0);
  cool();
  return {
    http,
    use() {
      streams += 1;
      // Nobody may be left at the other end of a session that was not used for a while.
      if (streams === 1) pings.now();
      cool();
      return () => {
        streams -= 1;
        if (!http.destroyed) cool();
      };
    },
    end() {
      endSession(http, duplex);
    },
  };
}
