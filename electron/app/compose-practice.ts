/** The practice network of this computer: its chain, the owner's node, and the neighbour, started when they are needed. */
import type { Chain } from '../chain/chain.ts';
import type { PeersReport } from '../edge/peer-ports.ts';
import { STARTER_FILE } from '../models/starter-golden.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import type { PracticeContracts } from '../chain/practice-contracts.ts';
import type { LullNode } from './compose-node.ts';
import { createAsking, type Asking } from './practice-ask.ts';
import { createNeighbours, type Neighbour } from './practice-neighbours.ts';
import { createPracticeSetup } from './practice-setup.ts';

/** The neighbour ends so long after it was last needed: idle practice costs nothing. */
const NEIGHBOUR_IDLE_MS = 60_000;

/** Another Lull's practice network on this computer. */
export interface JoinedPractice {
  readonly bootstrapPort: number;
  /** Of the Supplier to ask. */
  readonly peerKey: Hex;
}

export interface PracticePorts {
  readonly chain: Chain;
  readonly contracts: () => PracticeContracts;
  readonly owner: LullNode;
  /** Builds a second node in this folder; not started. */
  readonly makeNeighbour: (folder: string) => LullNode;
  readonly neighbourFolder: string;
  readonly joined: JoinedPractice | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OwnPlace {
  readonly peerKey: Hex;
  readonly bootstrapPort: number;
}

export interface Practice {
  /** Brings everything up that asking needs. Concurrent calls share one attempt. @throws AppError */
  asking(): Promise<Asking>;
  /** Lets a neighbour ask this computer for the model that it serves now. @throws AppError */
  neighbourAsking(): Promise<Asking>;
  /** This node's place on the network, chain and accounts included. @throws AppError */
  open(): Promise<OwnPlace>;
  /** The one that answers; itself as a node. @throws AppError */
  neighbour(): Promise<LullNode>;
  /** Nothing ends while something holds on. @returns lets go */
  hold(): () => void;
  dispose(): Promise<void>;
}

export function createPractice(ports: PracticePorts): Practice {
  const { chain, owner, clock, log, joined } = ports;
  const setup = createPracticeSetup(ports);
  const neighbours = createNeighbours(startNeighbour, log);
  let place: Promise<PeersReport> | null = null;
  let opening: Promise<OwnPlace> | null = null;
  let holds = 0;
  let stopIdle: (() => void) | null = null;
  let isDisposed = false;
  // Only the bootstrap node in that process knew the way to a neighbour, which does not hear of its end.
  owner.onPeersLost(neighbours.sendHome);
  // Another process may have another chain: what it lacks of ours is sent again.
  const stopWatching = chain.onStarted(() => {
    if (opening) drop(settleAll(), 'comparing with the chain', log);
  });

  async function settleAll(): Promise<void> {
    const nodes = [owner, ...(await neighbours.awake())];
    for (const node of nodes) await (await node.market()).journal.settle();
  }

  const tell = (detail: string): void => {
    owner.hub.dispatch({ type: 'network-changed', change: { state: 'starting', detail } });
  };

  async function openOwn(): Promise<OwnPlace> {
    tell('Starting the practice chain');
    await chain.start();
    tell('Finding other computers');
    const bootstrapPorts = joined ? [joined.bootstrapPort] : [];
    const { edge } = owner;
    const market = await owner.market();
    const seed = market.peerSeed;
    const hostPort = joined ? null : 0;
    // Also when a later step fails, this one is not taken twice.
    place ??= edge
      .startPeers({ seed, hostPort, bootstrapPorts, listen: true })
      .catch((error: unknown) => {
        place = null;
        throw error;
      });
    const report = await place;
    tell('Opening accounts');
    await market.restore();
    await setup.openAccounts(market);
    owner.hub.dispatch({
      type: 'network-changed',
      change: {
        application: market.owner.address,
        supplier: market.supplierKey.address,
        chainId: market.network.chainId.toString(),
        hub: market.network.hub,
      },
    });
    const bootstrapPort = joined?.bootstrapPort ?? report.bootstrapPort;
    if (bootstrapPort === null) throw new AppError('network-unavailable');
    return { peerKey: report.peerKey, bootstrapPort };
  }

  function open(): Promise<OwnPlace> {
    opening ??= openOwn().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  async function startNeighbour(folder: string): Promise<Neighbour> {
    const { bootstrapPort } = await open();
    tell('Waking the neighbour');
    const node = ports.makeNeighbour(folder);
    try {
      await node.start();
      const market = await node.market();
      const { peerKey } = await node.edge.startPeers({
        seed: market.peerSeed,
        hostPort: null,
        bootstrapPorts: [bootstrapPort],
        listen: true,
      });
      await market.restore();
      await setup.openAccounts(market);
      return { node, peerKey };
    } catch (error) {
      await node.dispose();
      throw error;
    }
  }

  /** Shows how it went, whoever asked for it. */
  async function shown<Value>(work: () => Promise<Value>): Promise<Value> {
    const letGo = hold();
    try {
      const value = await work();
      owner.hub.dispatch({
        type: 'network-changed',
        change: { state: 'ready', detail: null, failure: null },
      });
      return value;
    } catch (error) {
      const failure = failureText(toAppError(error));
      owner.hub.dispatch({
        type: 'network-changed',
        change: { state: 'failed', detail: null, failure },
      });
      throw error;
    } finally {
      letGo();
    }
  }

  function hold(): () => void {
    holds += 1;
    stopIdle?.();
    stopIdle = null;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      holds -= 1;
      if (holds === 0 && !isDisposed)
        stopIdle = clock.after(NEIGHBOUR_IDLE_MS, neighbours.sendHome);
    };
  }

  async function supplierToAsk(): Promise<Hex> {
    if (joined) {
      await open();
      return joined.peerKey;
    }
    const { node, peerKey } = await neighbours.wake(ports.neighbourFolder);
    await node.serve();
    return peerKey;
  }

  return {
    open: () => shown(open),
    neighbour: async () => (await neighbours.wake(ports.neighbourFolder)).node,
    hold,
    asking: () =>
      shown(async () => {
        const peerKey = await supplierToAsk();
        const { edge } = owner;
        const market = await owner.market();
        const asking = createAsking({ market, edge, clock, peerKey });
        await asking.prepare((supplier, model) => setup.allow(market, supplier, model));
        return asking;
      }),
    neighbourAsking: () =>
      shown(async () => {
        const { peerKey } = await open();
        const { ggufSha256 } = await owner.serve();
        // An Application takes on another Service in the next epoch only; a newcomer at once.
        const isStarter = ggufSha256 === `0x${STARTER_FILE.sha256}`;
        const suffix = isStarter ? '' : `-${ggufSha256.slice(2, 10)}`;
        const { node } = await neighbours.wake(`${ports.neighbourFolder}${suffix}`);
        const { edge } = node;
        const market = await node.market();
        const asking = createAsking({ market, edge, clock, peerKey });
        await asking.prepare((supplier, model) => setup.allow(market, supplier, model));
        return asking;
      }),
    async dispose() {
      isDisposed = true;
      stopIdle?.();
      stopWatching();
      await neighbours.dispose();
    },
  };
}
