/** A peer with a key of its own that writes what it likes: bare HTTP/2 over a real encrypted connection. */
import { connect, type OutgoingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import { createHyperdhtTransport } from '../../electron/edge/hyperdht-adapter.ts';
import { PEER_LIMITS } from '../../electron/edge/limits.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { fetchRaw, postHeaders, type RawAnswer } from './peer-served.ts';

export interface RawPeer {
  /** A new connection without HTTP/2. */
  duplex(): Promise<Duplex>;
  fetch(headers: OutgoingHttpHeaders, body?: string): Promise<RawAnswer>;
  /** A POST with right headers. */
  post(path: string, body: string): Promise<RawAnswer>;
  dispose(): Promise<void>;
}

/** @param target whom it talks to */
export async function startRawPeer(
  seedByte: number,
  bootstrapPort: number,
  target: Hex,
): Promise<RawPeer> {
  const transport = createHyperdhtTransport({
    seed: new Uint8Array(32).fill(seedByte),
    bootstrapPorts: [bootstrapPort],
    limits: PEER_LIMITS,
    clock: systemClock,
  });
  const duplex = async (): Promise<Duplex> => {
    const opened = await transport.dial(target, new AbortController().signal);
    opened.on('error', () => undefined);
    return opened;
  };
  const first = await duplex();
  const session = connect('http://peer', { createConnection: () => first });
  session.on('error', () => undefined);
  return {
    duplex,
    fetch: (headers, body) => fetchRaw(session, headers, body),
    post: (path, body) => fetchRaw(session, postHeaders(path, body), body),
    async dispose() {
      session.destroy();
      await transport.dispose();
    },
  };
}
