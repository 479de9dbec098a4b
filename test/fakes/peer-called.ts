/** The calling side of the edge in this process, against a peer whose every answer the test writes by hand. */
import {
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { duplexPair } from 'node:stream';
import { PEER_LIMITS } from '../../electron/edge/limits.ts';
import { fromEdgeSchema, type FromEdge, type ToEdge } from '../../electron/edge/messages.ts';
import { createOutgoing } from '../../electron/edge/peer-outgoing.ts';
import { createManualClock } from './manual-clock.ts';
import { hexOf } from './peer-values.ts';

export type Behaviour = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

export function createPeerCalled(behave: Behaviour) {
  const clock = createManualClock();
  const heard: FromEdge[] = [];
  const state = { dials: 0, streams: 0 };
  const outgoing = createOutgoing({
    clock,
    limits: PEER_LIMITS,
    soon: setImmediate,
    post: (message) => {
      heard.push(fromEdgeSchema.parse(message));
    },
  });
  outgoing.use({
    peerKey: hexOf(32, 1),
    listen: () => Promise.reject(new Error('nobody listens here')),
    dispose: () => Promise.resolve(),
    async dial() {
      state.dials += 1;
      const [ours, theirs] = duplexPair();
      const session = performServerHandshake(theirs);
      session.on('error', () => undefined);
      session.on('stream', (stream, headers) => {
        state.streams += 1;
        stream.on('error', () => undefined);
        behave(stream, headers);
      });
      return ours;
    },
  });
  let lastId = 0;
  const call = (kind: Extract<ToEdge, { type: 'call' }>['kind'], body: string | null): number => {
    lastId += 1;
    outgoing.receive({ type: 'call', id: lastId, peerKey: hexOf(32, 2), kind, body });
    return lastId;
  };
  return { clock, heard, state, outgoing, call };
}

/** One event as a good peer writes it. */
export function eventFrame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function beginEvents(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'text/event-stream' });
}
