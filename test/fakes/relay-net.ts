/** Two nodes' parts in the network on one computer: real edge processes, chain, ledgers and keys; the engine is the test's. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keyOpener } from '../../electron/app/compose-keys.ts';
import { composeMarket, type Market } from '../../electron/app/compose-market.ts';
import { pathsIn, type Paths } from '../../electron/app/paths.ts';
import { createAsking, type Asking } from '../../electron/app/practice-ask.ts';
import { practiceContractsIn } from '../../electron/app/practice-code.ts';
import { createPracticeSetup } from '../../electron/app/practice-setup.ts';
import { FAUCET_ADDRESS } from '../../electron/chain/practice-genesis.ts';
import { createEdge, type Edge } from '../../electron/edge/edge-supervisor.ts';
import { PRACTICE_PRICE } from '../../electron/market/prices.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { systemRandom } from '../../electron/platform/random.ts';
import { DEFAULT_WEIGHTS } from '../../electron/protocol/cu.ts';
import type { Hex } from '../../electron/protocol/hex.ts';
import { profileHash } from '../../electron/protocol/profile.ts';
import type { ServedModel } from '../../electron/protocol/wire-peer.ts';
import type { RelayRequest } from '../../electron/protocol/wire-relay.ts';
import type { RelayEngine } from '../../electron/relay/ports.ts';
import { SIGNER_ENTRY } from '../../electron/wallet/hot-keys.ts';
import { createForkedChildren } from './fork-child.ts';
import { NO_KEY_STORE } from './in-process-keys.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { startRunningChain, type RunningChain } from './running-chain.ts';

const RESOURCES = path.resolve(import.meta.dirname, '../../resources');

export interface NetNode {
  readonly market: Market;
  readonly edge: Edge;
  readonly peerKey: Hex;
  readonly paths: Paths;
  readonly log: MemoryLog;
  /** Every relay request that left from here. */
  readonly requests: readonly RelayRequest[];
  /** The newest edge process. */
  process(): ChildProcess;
  /** The newest process that holds the hot keys. */
  signer(): ChildProcess;
}

export interface RelayNet {
  /** Serves. */
  readonly server: NetNode;
  /** Asks. */
  readonly asker: NetNode;
  readonly asking: Asking;
  readonly bootstrapPort: number;
  readonly running: RunningChain;
  dispose(): Promise<void>;
}

export function servedModel(changes: Partial<ServedModel> = {}): ServedModel {
  const profile = { engine: 'test', backend: 'cpu', kvType: 'f16', sampler: 'test' };
  return {
    name: 'Test model',
    ggufSha256: `0x${'60'.repeat(32)}`,
    source: FAUCET_ADDRESS,
    weights: DEFAULT_WEIGHTS,
    price: PRACTICE_PRICE,
    profile: profileHash(profile),
    contextTokens: 2_048,
    ...changes,
  };
}

const NO_ENGINE: RelayEngine = {
  generate: () => {
    throw new Error('this node does not serve');
  },
};

function newest(processes: readonly ChildProcess[], what: string): ChildProcess {
  const child = processes.at(-1);
  if (!child) throw new Error(`no ${what} process was started`);
  return child;
}

/** Nobody collects by itself: no transaction falls into what is looked at. */
export async function startRelayNet(engine: RelayEngine, model: ServedModel): Promise<RelayNet> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lull-net-'));
  const running = startRunningChain();
  const contracts = practiceContractsIn(RESOURCES)();
  const { chain } = running;
  const nodes: { readonly market: Market; readonly edge: Edge }[] = [];

  async function startNode(name: string, own: RelayEngine, bootstrapPort: number | null) {
    const paths = pathsIn(path.join(folder, name), null);
    const log = createMemoryLog();
    const forks = createForkedChildren('edge');
    const shared = { clock: systemClock, random: systemRandom, log };
    const edge = createEdge(
      { ...shared, spawn: forks.spawn },
      {
        peers: {
          card: () => market.handlers.card(),
          resync: (peerKey, request) => market.handlers.resync(peerKey, request),
          relay: (...asked) => market.handlers.relay(...asked),
          cancel: (peerKey, request) => {
            market.handlers.cancel(peerKey, request);
          },
        },
      },
    );
    const requests: RelayRequest[] = [];
    const keyForks = createForkedChildren('wallet');
    const keyPorts = { ...shared, spawn: keyForks.spawn, sealing: NO_KEY_STORE };
    const market = await composeMarket(paths, {
      ...shared,
      chain,
      openKeys: keyOpener(keyPorts, new AbortController().signal),
      contracts,
      engine: own,
      peers: {
        ...edge.peers,
        relay(peerKey, request, signal) {
          requests.push(request);
          return edge.peers.relay(peerKey, request, signal);
        },
      },
      onCollected: () => undefined,
    });
    nodes.push({ market, edge });
    const report = await edge.startPeers({
      seed: market.peerSeed,
      hostPort: bootstrapPort === null ? 0 : null,
      bootstrapPorts: bootstrapPort === null ? [] : [bootstrapPort],
      listen: true,
    });
    const { peerKey } = report;
    const node: NetNode = {
      market,
      edge,
      peerKey,
      paths,
      log,
      requests,
      process: () => newest(forks.processes, 'edge'),
      signer: () =>
        newest(
          keyForks.processes.filter(({ spawnargs }) =>
            spawnargs.some((each) => each.includes(SIGNER_ENTRY)),
          ),
          'signer',
        ),
    };
    return { node, bootstrapPort: report.bootstrapPort ?? bootstrapPort ?? 0 };
  }

  async function dispose(): Promise<void> {
    for (const { market, edge } of nodes.splice(0).reverse()) {
      await market.dispose();
      await edge.dispose();
    }
    await running.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  try {
    await chain.start();
    const { node: server, bootstrapPort } = await startNode('server', engine, null);
    const { node: asker } = await startNode('asker', NO_ENGINE, bootstrapPort);
    const setup = createPracticeSetup({ chain, contracts: () => contracts, clock: systemClock });
    await setup.openAccounts(server.market);
    await setup.openAccounts(asker.market);
    server.market.setServed(model);
    server.market.setServing(true);
    const { peerKey } = server;
    const asking = createAsking({ ...asker, clock: systemClock, peerKey });
    await asking.prepare((supplier, served) => setup.allow(asker.market, supplier, served));
    return { server, asker, asking, bootstrapPort, running, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
