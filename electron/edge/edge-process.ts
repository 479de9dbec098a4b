/** Entry of the edge process: owns every socket, and hands main only requests that passed every check. */
import { createOpenAiApi } from '../gateway/openai-api.ts';
import type { ParentChannel } from '../platform/child.ts';
import { systemClock } from '../platform/clock.ts';
import { watchPulse } from '../platform/heartbeat.ts';
import { parentChannel } from '../platform/parent-channel.ts';
import { systemRandom } from '../platform/random.ts';
import { createHttpEndpoint, type HttpEndpoint } from './http-endpoint.ts';
import { EDGE_LIMITS, PEER_LIMITS } from './limits.ts';
import { createMainLink } from './main-link.ts';
import { toEdgeSchema, type FromEdge, type FromEdgeWire, type ToEdge } from './messages.ts';
import { createPeerNode, type PeerNetwork } from './peer-node.ts';
import { readPeerEvents } from './token-messages.ts';

/**
 * Main counts as hung after 10 s without a pulse, as the edge does for main. A slow disk can hold main up for
 * seconds, and an edge that ends drops every connection, while one that waits holds nothing that anybody else
 * needs; the engine, which holds the GPU, waits for 2 s only. When main dies, the channel closes or Chromium ends
 * the process.
 */
const MAIN_HUNG_MS = 10_000;

/** Loaded when it is wanted: an edge that only listens on 127.0.0.1 needs none of it. */
const PEER_NETWORK: PeerNetwork = {
  // Neither is taken down again: they end with the process.
  async hostBootstrap(port) {
    const { hostBootstrap } = await import('./hyperdht-adapter.ts');
    return (await hostBootstrap(port)).port;
  },
  async transport(seed, bootstrapPorts) {
    const { createHyperdhtTransport } = await import('./hyperdht-adapter.ts');
    const limits = PEER_LIMITS;
    return createHyperdhtTransport({ seed, bootstrapPorts, limits, clock: systemClock });
  },
};

startEdge(parentChannel());

function startEdge(channel: ParentChannel): void {
  const post = (message: FromEdgeWire): void => {
    channel.post(message);
  };
  const onBug = (error: unknown): void => {
    process.stderr.write(`a route failed: ${String(error)}\n`);
  };
  const link = createMainLink(post);
  const api = createOpenAiApi({ backend: link, clock: systemClock, random: systemRandom });
  const pulse = watchPulse(systemClock, MAIN_HUNG_MS, () => {
    process.exit(0);
  });
  const peers = createPeerNode({
    network: PEER_NETWORK,
    clock: systemClock,
    limits: PEER_LIMITS,
    soon: setImmediate,
    post,
    onBug,
  });
  let endpoint: HttpEndpoint | null = null;

  const listen = (message: Extract<ToEdge, { type: 'listen' }>): void => {
    endpoint?.close();
    endpoint = createHttpEndpoint({
      api,
      tokenHash: Buffer.from(message.tokenHash, 'hex'),
      limits: EDGE_LIMITS,
      clock: systemClock,
      onBug,
    });
    endpoint.listen(message.port).then(
      (port) => {
        post({ type: 'listening', port });
      },
      (error: unknown) => {
        post({ type: 'listen-failed', failure: listenFailure(error, message.port) });
      },
    );
  };

  channel.onMessage((raw) => {
    const message: ToEdge = readPeerEvents(raw) ?? toEdgeSchema.parse(raw);
    switch (message.type) {
      case 'pulse':
        pulse.beat();
        post({ type: 'pulse' });
        break;
      case 'listen':
        listen(message);
        break;
      case 'models':
      case 'event':
      case 'embedded':
      case 'failure':
        link.receive(message);
        break;
      default:
        peers.receive(message);
    }
  });
  channel.onDisconnect(() => {
    process.exit(0);
  });
}

function listenFailure(
  error: unknown,
  port: number,
): Extract<FromEdge, { type: 'listen-failed' }>['failure'] {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return { code: 'port-in-use', details: `Port ${String(port)}.` };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'endpoint-unavailable', details: reason.slice(0, 1024) };
}
