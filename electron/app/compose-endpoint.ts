/** Wires the loopback endpoint: token, gateway, and the edge process that owns the sockets. */
import type { Edge } from '../edge/edge-supervisor.ts';
import type { EdgeHandlers } from '../edge/ports.ts';
import { readEndpointToken } from '../gateway/endpoint-token.ts';
import { createEmbedder } from '../engine/embedder.ts';
import { createGateway } from '../gateway/gateway.ts';
import type { Hub } from '../hub/hub.ts';
import type { Endpoint } from '../ipc/snapshot.ts';
import { EMBEDDER } from '../models/embedder-model.ts';
import type { ModelLibrary } from '../models/library.ts';
import { toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import type { NodeAnswers } from './compose-engine.ts';
import type { NodeConfig, NodePorts } from './compose-node.ts';
import type { InFlight } from './in-flight.ts';
import { announceEndpoint, withdrawEndpoint, type EndpointInfo } from './running-copy.ts';

export interface NodeEndpoint {
  /** The process behind it. */
  readonly edge: Edge;
  start(): void;
  /** Resolves once it listens. @throws AppError why it does not. */
  listening(): Promise<EndpointInfo>;
  /** For the clipboard only; never for the page. @throws AppError when it cannot be read. */
  token(): string;
  /** Takes back what it told others; the edge is the node's to end. */
  dispose(): void;
}

export interface EndpointPorts extends NodePorts {
  readonly engine: NodeAnswers;
  readonly library: Pick<ModelLibrary, 'current'>;
  readonly hub: Hub;
  readonly raise: (error: unknown) => void;
  readonly inFlight: InFlight;
  /** The node's one edge process; it serves peers too. */
  readonly makeEdge: (handlers: EdgeHandlers) => Edge;
}

export function composeEndpoint(config: NodeConfig, ports: EndpointPorts): NodeEndpoint {
  const { paths } = config;
  const { library, hub, raise } = ports;
  const embedder = createEmbedder(ports, {
    sourceFolder: config.embedderSource,
    modelPath: paths.embedder,
  });
  const gateway = createGateway({
    ...ports,
    embedder: { name: EMBEDDER.name, embed: embedder.embed },
    currentModel: () => {
      const model = library.current();
      return (
        model && {
          id: model.id,
          name: model.name,
          fingerprint: `${config.app.version}-${hub.snapshot().engine.backend ?? 'none'}`,
        }
      );
    },
  });
  const show = (endpoint: Partial<Endpoint> & Pick<Endpoint, 'state'>): void => {
    const nothing = { url: null, tokenPath: null, failure: null };
    hub.dispatch({ type: 'endpoint-changed', endpoint: { ...nothing, ...endpoint } });
  };
  const fail = (error: unknown): void => {
    show({ state: 'failed', failure: failureText(toAppError(error)) });
    raise(error);
  };
  const announce = (info: EndpointInfo): void => {
    try {
      announceEndpoint(paths, info);
    } catch (error) {
      // The endpoint works all the same; only `lull chat` cannot find it.
      raise(error);
    }
  };
  const infoFor = (port: number): EndpointInfo => ({
    url: `http://127.0.0.1:${port}/v1`,
    tokenPath: paths.endpointToken,
    dataFolder: paths.dataFolder,
    hasWindow: config.hasWindow,
  });
  const edge = ports.makeEdge({
    ...gateway,
    chat: (call, signal) => ports.inFlight.counted(gateway.chat(call, signal)),
    // Also told when a crashed edge comes back.
    stateChanged: (state) => {
      if (state.state === 'starting') show(state);
      else if (state.state === 'failed') fail(state.error);
      else {
        const info = infoFor(state.port);
        show({ state: 'listening', url: info.url, tokenPath: info.tokenPath });
        announce(info);
      }
    },
  });
  const readTokenHash = (): string => {
    try {
      return readEndpointToken(paths.dataFolder, ports.random).tokenHash;
    } catch (error) {
      fail(error);
      throw error;
    }
  };
  let listening: Promise<EndpointInfo> | null = null;

  async function listen(): Promise<EndpointInfo> {
    const tokenHash = readTokenHash();
    const { port } = await edge.listen({ port: config.port ?? 0, tokenHash });
    return infoFor(port);
  }

  return {
    edge,
    start() {
      listening ??= listen();
      // Whoever asks through `listening()` gets the failure; the window reads it from the hub.
      listening.catch(() => undefined);
    },
    listening() {
      listening ??= listen();
      return listening;
    },
    token: () => readEndpointToken(paths.dataFolder, ports.random).token,
    dispose() {
      embedder.dispose();
      withdrawEndpoint(paths);
    },
  };
}
