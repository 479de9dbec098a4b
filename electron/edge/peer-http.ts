/** HTTP/2 between peers: addresses, settings of both ends, and the answer to a ping that does not come. */
import type {
  ClientSessionOptions,
  Http2Session,
  ServerSessionOptions,
  SessionOptions,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../platform/clock.ts';
import type { PeerLimits } from './limits.ts';
import type { PeerAskKind } from './peer-messages.ts';

export const PEER_ROUTES = {
  card: { method: 'GET', path: '/lull/1/card' },
  resync: { method: 'POST', path: '/lull/1/resync' },
  relay: { method: 'POST', path: '/lull/1/relay' },
  cancel: { method: 'POST', path: '/lull/1/cancel' },
} as const satisfies Record<PeerAskKind, { method: string; path: string }>;

export const PEER_KINDS = Object.keys(PEER_ROUTES) as readonly PeerAskKind[];

const MAX_HEADER_PAIRS = 32;
/** Frames that make no sense, or come for streams that were never opened, before the session is closed. */
const MAX_INVALID_FRAMES = 16;
const MAX_REJECTED_STREAMS = 256;
const MAX_OUTSTANDING_PINGS = 10;

function options(limits: PeerLimits): SessionOptions {
  return {
    maxSessionMemory: limits.sessionMemoryMb,
    maxHeaderListPairs: MAX_HEADER_PAIRS,
    maxOutstandingPings: MAX_OUTSTANDING_PINGS,
    settings: {
      enablePush: false,
      maxConcurrentStreams: limits.maxStreamsPerSession,
      maxHeaderListSize: limits.maxHeaderBytes,
      maxFrameSize: limits.maxFrameBytes,
      initialWindowSize: limits.streamWindowBytes,
    },
  };
}

export function peerServerOptions(limits: PeerLimits): ServerSessionOptions {
  return {
    ...options(limits),
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    maxSessionRejectedStreams: MAX_REJECTED_STREAMS,
    // The engine's own brake, below the count that is kept here: a flood never reaches JavaScript.
    streamResetBurst: limits.maxResets * 2,
    streamResetRate: Math.ceil((limits.maxResets * 1000) / limits.resetWindowMs),
  };
}

export function peerClientOptions(limits: PeerLimits): ClientSessionOptions {
  return { ...options(limits), maxReservedRemoteStreams: 0 };
}

/**
 * Ends a session and its connection, whether the other end takes what is left for it or not: a session alone waits
 * for that. Its last frame, the reason, gets a turn of the event loop.
 */
export function endSession(session: Http2Session, duplex: Duplex, code?: number): void {
  session.destroy(undefined, code);
  setImmediate(() => {
    duplex.destroy();
  });
}

export interface Pings {
  /** Asks at once, not only with the next tick. */
  now(): void;
}

/**
 * Asks the other end for a sign of life, often while a stream is open and seldom otherwise, and destroys the session
 * when none comes. Neither end of an encrypted UDP stream hears of the other's death in any other way.
 */
export function keepPinging(
  session: Http2Session,
  duplex: Duplex,
  clock: Clock,
  limits: PeerLimits,
  isBusy: () => boolean,
): Pings {
  let quietMs = 0;
  let stopDeadline: (() => void) | null = null;
  const arm = (): (() => void) =>
    clock.after(limits.deadMs, () => {
      endSession(session, duplex);
    });
  const disarm = (): void => {
    stopDeadline?.();
    stopDeadline = null;
  };
  const ping = (): void => {
    if (session.destroyed) return;
    quietMs = 0;
    stopDeadline ??= arm();
    session.ping((error) => {
      if (error) return;
      disarm();
      // Counted from the last sign of life while there is something to lose.
      if (isBusy() && !session.destroyed) stopDeadline = arm();
    });
  };
  const stopTicks = clock.every(limits.pingMs, () => {
    quietMs += limits.pingMs;
    if (isBusy() || stopDeadline !== null || quietMs >= limits.idlePingMs) ping();
  });
  session.once('close', () => {
    stopTicks();
    disarm();
  });
  return { now: ping };
}
