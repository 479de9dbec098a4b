/** In the edge process: this peer's place in the network, both the calls that it takes and those that it makes. */
import { assertNever } from '../platform/assert-never.ts';
import type { Clock } from '../platform/clock.ts';
import type { PeerLimits } from './limits.ts';
import type { FromEdgeWire, ToEdge } from './messages.ts';
import { createOutgoing, type Outgoing } from './peer-outgoing.ts';
import type { PeerReply } from './peer-reply.ts';
import { createPeerServer, type PeerRun } from './peer-server.ts';
import type { PeerTransport } from './peer-transport.ts';

export type PeerMessage = Extract<
  ToEdge,
  { type: 'peers' | `peer-${string}` | 'call' | `call-${string}` }
>;
type PeersMessage = Extract<PeerMessage, { type: 'peers' }>;

/** What the network consists of; each is started once, and lives as long as the process. */
export interface PeerNetwork {
  /** @returns the port it got */
  hostBootstrap(port: number): Promise<number>;
  transport(seed: Uint8Array, bootstrapPorts: readonly number[]): Promise<PeerTransport>;
}

export interface PeerNodePorts {
  readonly network: PeerNetwork;
  readonly clock: Clock;
  readonly limits: PeerLimits;
  /** Calls back once what comes in at the moment has been dealt with. */
  readonly soon: (callback: () => void) => void;
  readonly post: (message: FromEdgeWire) => void;
  readonly onBug: (error: unknown) => void;
}

export interface PeerNode {
  receive(message: PeerMessage): void;
}

export function createPeerNode(ports: PeerNodePorts): PeerNode {
  const { network, clock, limits, soon, post, onBug } = ports;
  const incoming = createIncoming(post);
  const outgoing: Outgoing = createOutgoing({ clock, limits, soon, post });
  const server = createPeerServer({ clock, limits, onBug, answer: incoming.answer });

  async function start({ seed, hostPort, bootstrapPorts, listen }: PeersMessage): Promise<void> {
    const bootstrapPort = hostPort === null ? null : await network.hostBootstrap(hostPort);
    const own = bootstrapPort === null ? [] : [bootstrapPort];
    const transport = await network.transport(seed, [...own, ...bootstrapPorts]);
    if (listen) await transport.listen(server.accept);
    const { peerKey } = transport;
    outgoing.use(transport);
    post({ type: 'peers-ready', peerKey, bootstrapPort });
  }

  return {
    receive(message) {
      switch (message.type) {
        case 'peers':
          start(message).catch((error: unknown) => {
            post({ type: 'peers-failed', details: String(error).slice(0, 1024) });
          });
          break;
        case 'call':
        case 'call-drop':
        case 'call-taken':
          outgoing.receive(message);
          break;
        case 'peer-events':
        case 'peer-answer':
        case 'peer-refused':
        case 'peer-end':
        case 'peer-broken':
          incoming.receive(message);
          break;
        default:
          assertNever(message);
      }
    },
  };
}

type IncomingMessage = Extract<PeerMessage, { type: `peer-${string}` }>;

/** Hands what other peers ask to main, and main's answers to whoever asked. */
function createIncoming(post: (message: FromEdgeWire) => void) {
  const replies = new Map<number, PeerReply>();
  let lastId = 0;

  const answer: Parameters<typeof createPeerServer>[0]['answer'] = (peerKey, ask, reply) => {
    lastId += 1;
    const id = lastId;
    replies.set(id, reply);
    post({ type: 'peer-ask', id, peerKey, ask });
    const run: PeerRun = {
      taken(count) {
        if (replies.has(id)) post({ type: 'peer-taken', id, count });
      },
      drop() {
        if (replies.delete(id)) post({ type: 'peer-drop', id });
      },
    };
    return run;
  };

  return {
    answer,
    /** What comes for an asker who has gone is dropped. */
    receive(message: IncomingMessage): void {
      if (message.type === 'peer-events') {
        for (const { id, events, isLast } of message.streams) {
          const reply = replies.get(id);
          if (isLast !== true) reply?.events(events);
          else if (replies.delete(id)) reply?.end(events);
        }
        return;
      }
      const reply = replies.get(message.id);
      if (!reply) return;
      replies.delete(message.id);
      if (message.type === 'peer-answer') reply.answer(message.text);
      else if (message.type === 'peer-refused') reply.refuse(message.refusal);
      else if (message.type === 'peer-end') reply.end();
      else reply.fail();
    },
  };
}
