/** Two nodes of one process as the app composes them: real ledgers, journals, keys and signatures, and one real chain. */
import { appendFileSync } from 'node:fs';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { keyOpener } from '../../electron/app/compose-keys.ts';
import { composeMarket, type Market } from '../../electron/app/compose-market.ts';
import { pathsIn } from '../../electron/app/paths.ts';
import { createAsking, type Asking } from '../../electron/app/practice-ask.ts';
import { practiceContractsIn } from '../../electron/app/practice-code.ts';
import { createPracticeSetup } from '../../electron/app/practice-setup.ts';
import { createChain, type Chain } from '../../electron/chain/chain.ts';
import type { Eip1193 } from '../../electron/chain/eip1193.ts';
import { FAUCET_ADDRESS } from '../../electron/chain/practice-genesis.ts';
import type { PracticeContracts } from '../../electron/chain/practice-contracts.ts';
import { createEdge, type Edge } from '../../electron/edge/edge-supervisor.ts';
import type { PeerClient, PeerServerHandlers } from '../../electron/edge/peer-ports.ts';
import type { SpawnChild } from '../../electron/platform/child.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import type { Log } from '../../electron/platform/log.ts';
import { systemRandom } from '../../electron/platform/random.ts';
import { DEFAULT_WEIGHTS } from '../../electron/protocol/cu.ts';
import { toHex, type Hex } from '../../electron/protocol/hex.ts';
import type { ServedModel } from '../../electron/protocol/wire-peer.ts';
import { createForkedChildren } from '../fakes/fork-child.ts';
import { NO_KEY_STORE } from '../fakes/in-process-keys.ts';
import { reach } from './death.ts';
import { CHAIN_DEATH_VARIABLE, LIFE_FILES, type LifePlan } from './life-plan.ts';
import { createMemoryLink, tapClient, tapHandlers, type LinkFaults } from './link.ts';
import { createScriptedEngine } from './scripted-engine.ts';
import { createWitness, type Witness } from './witness.ts';

const RESOURCES = path.resolve(import.meta.dirname, '../../resources');
const CHAIN_TAP = pathToFileURL(path.join(import.meta.dirname, 'taps/chain-log-tap.ts')).href;

/** A price at which roundings show: one CU costs one unit and a bit. */
const MODEL: ServedModel = {
  name: 'scripted',
  ggufSha256: `0x${'60'.repeat(32)}`,
  source: FAUCET_ADDRESS,
  weights: DEFAULT_WEIGHTS,
  price: 1_234_567n,
  profile: `0x${'70'.repeat(32)}`,
  contextTokens: 2_048,
};

/** One node, and its way to ask the other. */
export interface Side {
  readonly market: Market;
  readonly asking: Asking;
}

export interface Nodes {
  readonly chain: Chain;
  /** Of the newest process; null before the first. */
  chainPid(): number | null;
  readonly contracts: PracticeContracts;
  /** Each is the Supplier of the other. */
  readonly sides: readonly [Side, Side];
  readonly marketOf: { readonly supplier: Market; readonly application: Market }[];
  /** Brings both nodes up as the app does, so often as a dying chain makes necessary. */
  restore(): Promise<void>;
  dispose(): Promise<void>;
}

export async function openNodes(plan: LifePlan, faults: LinkFaults, log: Log): Promise<Nodes> {
  const children = createChildren(plan);
  const witness = createWitness(plan.folder);
  const chain = createChain(
    { spawn: children.spawnChain, clock: systemClock, log },
    { source: { mode: 'practice', folder: path.join(plan.folder, 'chain') }, rpcPort: null },
  );
  // While the nodes are built; whoever needs it hears of a failure.
  chain.start().catch(() => undefined);
  const tapped = tapChain(chain, witness);
  const contracts = practiceContractsIn(RESOURCES)();
  const handlers: PeerServerHandlers[] = [];
  const edges: Edge[] = [];
  const handlersOf = (index: number): PeerServerHandlers => {
    const found = handlers[index];
    if (!found) throw new Error('a node was called before it was there');
    return found;
  };
  const keyPorts = { spawn: children.spawnKeys, clock: systemClock, log, sealing: NO_KEY_STORE };
  const makeNode = async (index: 0 | 1) => {
    const folder = path.join(plan.folder, index === 0 ? 'one' : 'two');
    let client: PeerClient | null = null;
    const late = (): PeerClient => {
      if (!client) throw new Error('a node called before it was there');
      return client;
    };
    const market = await composeMarket(pathsIn(folder, null), {
      chain: tapped,
      contracts,
      clock: systemClock,
      random: systemRandom,
      log,
      engine: createScriptedEngine(path.join(plan.folder, LIFE_FILES.engine)),
      peers: lateClient(late),
      openKeys: keyOpener(keyPorts, new AbortController().signal),
      onCollected: () => undefined,
    });
    handlers[index] = tapHandlers(market.handlers, witness);
    const setClient = (made: PeerClient): void => {
      client = tapClient(made, witness);
    };
    return { market, setClient, client: late, key: peerKeyOf(await market.peerSeed()) };
  };
  const made = await Promise.all([makeNode(0), makeNode(1)]);
  await connect();

  async function connect(): Promise<void> {
    let bootstrapPorts: readonly number[] = [];
    for (const [index, { market, key, setClient }] of made.entries()) {
      if (plan.link === 'memory') {
        setClient(createMemoryLink(key, () => handlersOf(1 - index), faults));
        continue;
      }
      const ports = { spawn: children.spawnEdge, clock: systemClock, log };
      const edge = createEdge(ports, { peers: handlersOf(index) });
      edges.push(edge);
      const hostPort = index === 0 ? 0 : null;
      const seed = market.peerSeed;
      const report = await edge.startPeers({ seed, hostPort, bootstrapPorts, listen: true });
      if (report.bootstrapPort !== null) bootstrapPorts = [report.bootstrapPort];
      setClient(edge.peers);
    }
  }

  const sideOf = (own: 0 | 1): Side => {
    const { market, client } = made[own];
    const { key: peerKey } = made[own === 0 ? 1 : 0];
    return {
      market,
      asking: createAsking({ market, edge: { peers: client() }, clock: systemClock, peerKey }),
    };
  };
  const sides = [sideOf(0), sideOf(1)] as const;
  const setup = createPracticeSetup({
    chain: tapped,
    contracts: () => contracts,
    clock: systemClock,
  });

  async function bringUp(): Promise<void> {
    for (const { market } of made) {
      await market.restore();
      await setup.openAccounts(market);
      market.setServed(MODEL);
      market.setServing(true);
    }
    for (const { market, asking } of sides) {
      await asking.prepare((supplier, model) => setup.allow(market, supplier, model));
    }
  }

  return {
    chain,
    chainPid: children.chainPid,
    contracts,
    sides,
    marketOf: [
      { supplier: made[0].market, application: made[1].market },
      { supplier: made[1].market, application: made[0].market },
    ],
    restore: bringUp,
    async dispose() {
      for (const { market } of made) await market.dispose();
      for (const edge of edges) await edge.dispose();
      await chain.dispose();
      await children.dispose();
    },
  };
}

function createChildren({ folder, chainDeath }: LifePlan) {
  const chains = createForkedChildren('chain');
  const edges = createForkedChildren('edge');
  const keys = createForkedChildren('wallet');
  const noted = (spawn: SpawnChild): SpawnChild => {
    return (entry, options) => {
      const child = spawn(entry, options);
      appendFileSync(path.join(folder, LIFE_FILES.pids), `${String(child.pid)}\n`);
      return child;
    };
  };
  const spawnNoted = noted(chains.spawn);
  const tap = { NODE_OPTIONS: `--import ${CHAIN_TAP}` };
  const deadly = chainDeath ? { ...tap, [CHAIN_DEATH_VARIABLE]: JSON.stringify(chainDeath) } : tap;
  return {
    spawnChain: ((entry, options) =>
      // Only the first one dies: the next has to bring everything back.
      spawnNoted(entry, {
        ...options,
        env: chains.processes.length === 0 ? deadly : tap,
      })) satisfies SpawnChild,
    spawnEdge: noted(edges.spawn),
    spawnKeys: noted(keys.spawn),
    chainPid: () => chains.processes.at(-1)?.pid ?? null,
    async dispose() {
      await chains.dispose();
      await edges.dispose();
      await keys.dispose();
    },
  };
}

function tapChain(chain: Eip1193, witness: Witness): Eip1193 {
  return {
    async request(call) {
      const isSending = call.method === 'eth_sendRawTransaction';
      if (isSending) {
        witness.saw('transaction', String(call.params[0]));
        reach('transaction leaving');
      }
      const answer = await chain.request(call);
      if (isSending) reach('transaction answered');
      return answer;
    },
  };
}

/** The market is built before the way to the other one. */
function lateClient(client: () => PeerClient): PeerClient {
  return {
    card: (...args) => client().card(...args),
    relay: (...args) => client().relay(...args),
    resync: (...args) => client().resync(...args),
    cancel: (...args) => client().cancel(...args),
  };
}

/** DER of an ed25519 private key, up to its 32 bytes. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The public key under which a real edge with this seed is known; the same over either link. */
function peerKeyOf(seed: Uint8Array): Hex {
  const key = Buffer.concat([ED25519_PREFIX, seed]);
  const secret = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return toHex(Uint8Array.from(spki.subarray(-32)));
}
