/** Builds one node of Lull: engine, models, endpoint, its part in the network, and the state that a window shows. */
import type { Eip1193 } from '../chain/eip1193.ts';
import type { PracticeContracts } from '../chain/practice-contracts.ts';
import { createEdge, type Edge } from '../edge/edge-supervisor.ts';
import type { PeerServerHandlers } from '../edge/peer-ports.ts';
import { createHub, type Hub } from '../hub/hub.ts';
import { initialSnapshot } from '../hub/initial-snapshot.ts';
import type { Snapshot, Theme } from '../ipc/snapshot.ts';
import type { ModelLibrary } from '../models/library.ts';
import { createModelHashes } from '../models/model-sha256.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import { composeEndpoint, type NodeEndpoint } from './compose-endpoint.ts';
import { composeEngine, type NodeAnswers } from './compose-engine.ts';
import { composeMarket, type Market } from './compose-market.ts';
import { openSettings } from './open-settings.ts';
import type { Paths } from './paths.ts';
import type { Preparation } from './prepare.ts';
import { createServing, relayEngine } from './serving.ts';

export interface NodeConfig {
  readonly app: Snapshot['app'];
  readonly paths: Paths;
  /** Port of the endpoint on 127.0.0.1; 0 takes any free one, null opens none. */
  readonly port: number | null;
  /** Whether starting Lull again brings this copy's window to the front. */
  readonly hasWindow: boolean;
  /** A model to open at start. */
  readonly modelPath: string | null;
  /** The test model as shipped with a packaged app; null in a checkout. */
  readonly shippedStarter: string | null;
  /** Folder of the npm package that the test model is built from. */
  readonly starterSource: string;
  /** `modest`: one thread, lowest priority, unloaded after a minute; otherwise what the test found best. */
  readonly engine: 'measured' | 'modest';
}

export interface NodePorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The chain that the node settles on; several nodes of one app share it. */
export interface ChainPorts {
  readonly chain: Eip1193;
  /** Read from disk when first asked for. */
  readonly contracts: () => PracticeContracts;
}

export interface LullNode {
  readonly hub: Hub;
  readonly library: ModelLibrary;
  readonly preparation: Preparation;
  readonly engine: NodeAnswers;
  readonly endpoint: NodeEndpoint;
  readonly edge: Edge;
  /** @throws AppError why there is none: a damaged ledger, for example. Everything else works without it. */
  readonly market: () => Market;
  /**
   * Starts preparing and listening; their failures are in the hub.
   * @throws AppError when the model that the command line named cannot be used.
   */
  start(): Promise<void>;
  /** @throws AppError when the current model cannot be loaded. */
  loadModel(): Promise<void>;
  /**
   * Offers the current model to peers, and takes relays for it until told otherwise.
   * @throws AppError when there is none
   */
  serve(): Promise<ServedModel>;
  stopServing(): void;
  probeAgain(): void;
  /** Ends the engine process; the next question starts a new one. */
  restartEngine(): Promise<void>;
  setTheme(theme: Theme): void;
  /** Tells the owner of a failure that no command asked about. */
  raise(error: unknown): void;
  /** Told when the process with the sockets is gone, though another one takes its place. */
  onPeersLost(listener: () => void): void;
  dispose(): Promise<void>;
}

/** @throws AppError when the data folder cannot be used. */
export function composeNode(config: NodeConfig, ports: NodePorts & ChainPorts): LullNode {
  const { paths } = config;
  const { clock, random, log } = ports;
  const hub = createHub(initialSnapshot(config.app), clock);
  const raise = (error: unknown): void => {
    const appError = toAppError(error);
    log.warn('told the owner', { error: appError });
    const notice = { id: random.id(), failure: failureText(appError) };
    hub.dispatch({ type: 'notice-raised', notice });
  };
  const settings = openSettings(paths.settings, raise);
  hub.dispatch({ type: 'theme-set', theme: settings.current().theme });
  const { engine, supervisor, library, preparation, openModels, probeAgain } = composeEngine(
    config,
    { ...ports, hub, settings },
  );
  const shared = { ...ports, engine, library, hub, raise, preparation };
  let market: Market | AppError | null = null;
  /** Built when it is first needed: keys, ledger and contracts take a tenth of a second that no chat has to wait for. */
  const marketNow = (): Market => {
    market ??= openMarket();
    if (market instanceof AppError) throw market;
    return market;
  };
  const peersLost = new Set<() => void>();
  const endpoint = composeEndpoint(config, {
    ...shared,
    makeEdge: (handlers) =>
      createEdge(ports, {
        ...handlers,
        peers: peerHandlers(marketNow),
        peersChanged(report) {
          if (report === null) for (const listener of peersLost) listener();
        },
      }),
  });
  const { edge } = endpoint;
  const hashes = createModelHashes(paths.modelHashes, log);

  function openMarket(): Market | AppError {
    try {
      return composeMarket(paths, {
        ...ports,
        contracts: ports.contracts(),
        engine: relayEngine({ ...shared, hashes }),
        peers: edge.peers,
        onCollected: ({ failures }) => {
          for (const failure of failures) raise(failure);
        },
      });
    } catch (error) {
      // Chat with the model on this computer needs neither keys nor ledger.
      raise(error);
      return toAppError(error);
    }
  }

  const serving = createServing({ ...shared, hashes, market: marketNow });

  return {
    hub,
    library,
    preparation,
    engine,
    endpoint,
    edge,
    market: marketNow,
    async start() {
      drop(preparation.run(), 'preparing', log);
      if (config.port !== null) endpoint.start();
      for (const error of await openModels()) raise(error);
    },
    async loadModel() {
      await preparation.ready();
      await supervisor.load();
    },
    serve: serving.start,
    stopServing: serving.stop,
    probeAgain,
    restartEngine: supervisor.unload,
    setTheme(theme) {
      settings.change({ theme });
      hub.dispatch({ type: 'theme-set', theme });
    },
    raise,
    onPeersLost(listener) {
      peersLost.add(listener);
    },
    async dispose() {
      preparation.cancel();
      endpoint.dispose();
      // First, so that relays end: a Supplier waits for theirs, and a stuck engine would never end one.
      supervisor.dispose();
      if (market !== null && !(market instanceof AppError)) await market.dispose();
      await edge.dispose();
      hub.dispose();
    },
  };
}

/** The market is built after the edge that it calls through, and before any peer can call. */
function peerHandlers(market: () => Market): PeerServerHandlers {
  return {
    card: () => market().handlers.card(),
    resync: (peerKey, request) => market().handlers.resync(peerKey, request),
    relay: (peerKey, request, signal) => market().handlers.relay(peerKey, request, signal),
    cancel: (peerKey, request) => market().handlers.cancel(peerKey, request),
  };
}
