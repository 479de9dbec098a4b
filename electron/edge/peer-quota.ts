/** How much each peer, and all of them together, may have under way at once. */
import type { Hex } from '../protocol/hex.ts';
import type { PeerLimits } from './limits.ts';

/** Bodies that are being read, of all peers together and of one. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_BODY_BYTES_PER_KEY = 8 * 1024 * 1024;

interface Use {
  sessions: number;
  streams: number;
  bodyBytes: number;
}

export interface PeerQuota {
  /** @returns what gives the place back, or null when there is none. */
  session(peerKey: Hex): (() => void) | null;
  stream(peerKey: Hex): (() => void) | null;
  body(peerKey: Hex, bytes: number): (() => void) | null;
}

export function createPeerQuota(limits: PeerLimits): PeerQuota {
  const all: Use = { sessions: 0, streams: 0, bodyBytes: 0 };
  const byKey = new Map<Hex, Use>();

  function take(
    peerKey: Hex,
    what: keyof Use,
    amount: number,
    most: { readonly all: number; readonly perKey: number },
  ): (() => void) | null {
    const own = byKey.get(peerKey) ?? { sessions: 0, streams: 0, bodyBytes: 0 };
    if (all[what] + amount > most.all || own[what] + amount > most.perKey) return null;
    byKey.set(peerKey, own);
    all[what] += amount;
    own[what] += amount;
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      all[what] -= amount;
      own[what] -= amount;
      if (own.sessions + own.streams + own.bodyBytes === 0) byKey.delete(peerKey);
    };
  }

  return {
    session: (peerKey) =>
      take(peerKey, 'sessions', 1, { all: limits.maxSessions, perKey: limits.maxSessionsPerKey }),
    stream: (peerKey) =>
      take(peerKey, 'streams', 1, { all: limits.maxStreams, perKey: limits.maxStreamsPerKey }),
    body: (peerKey, bytes) =>
      take(peerKey, 'bodyBytes', bytes, { all: MAX_BODY_BYTES, perKey: MAX_BODY_BYTES_PER_KEY }),
  };
}
