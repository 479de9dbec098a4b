/** Builds what one person has of Lull: their node, their chats, and a practice network with a neighbour. */
import { createChain } from '../chain/chain.ts';
import type { ChatService } from '../chat/chat-service.ts';
import { createOpenGate } from '../governor/open-gate.ts';
import { sensorLines } from '../governor/sensors/sensor-lines.ts';
import type { SensorLine } from '../ipc/governor.ts';
import type { Price, ReceiptCheckView, ReceiptView } from '../ipc/network.ts';
import type { PresencePolicy } from '../ipc/status.ts';
import { toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import type { ChatTurn } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';
import { composeChat, type ChatNews } from './compose-chat.ts';
import { composeGovernor, type GovernorSystem } from './compose-governor.ts';
import { composeModels, offeredName, openModelOffers } from './compose-models.ts';
import { composeNode, type LullNode, type NodeConfig, type NodePorts } from './compose-node.ts';
import { createPractice, type Practice } from './compose-practice.ts';
import { createDoctor, type Doctor } from './doctor.ts';
import { createDoctorFacts, type GatherFacts } from './doctor-facts.ts';
import { createEarning, type Earning } from './earning.ts';
import { exportEarnings } from './earnings-export.ts';
import { feedEarnings } from './earnings-feed.ts';
import { earnedHours, governorActions, type GovernorActions } from './governor-actions.ts';
import { createNetworkAnswerer } from './network-answerer.ts';
import type { ModelsService } from './models-service.ts';
import { pathsIn } from './paths.ts';
import { practiceContractsIn } from './practice-code.ts';
import { announcePractice, withdrawPractice, type PracticeInfo } from './practice-info.ts';
import { createTrial, type Trial } from './practice-trial.ts';
import { checksOf, receiptJson, receiptView } from './receipt-view.ts';
import { createWelcome, type Welcome } from './welcome.ts';
import { createWalletService, type WalletService } from './wallet-service.ts';

export interface DesktopConfig extends NodeConfig {
  readonly resourceFolder: string;
  /** Whether this run may earn at all: not when it only answers one question, for example. */
  readonly earns: boolean;
  /** Earns with this policy for as long as Lull runs, whatever the settings say; null leaves it to them. */
  readonly presence: PresencePolicy | null;
  /** Another Lull's practice network; null for an own one. */
  readonly joined: PracticeInfo | null;
  /** Whether other programs of this computer may ask the chain: any free port then. */
  readonly opensChain: boolean;
  /** Another model hub and another publisher of the catalogue, for a test. */
  readonly modelHub?: { readonly url: string; readonly publicKey: string };
}

export interface DesktopPorts extends NodePorts {
  readonly system: Omit<GovernorSystem, 'clock' | 'log' | 'isRemembering'>;
}

export interface DesktopApp {
  readonly node: LullNode;
  readonly chat: ChatService;
  readonly models: ModelsService;
  readonly practice: Practice;
  readonly earning: Earning & {
    readonly trial: Trial;
    /** Redeems everything. @throws AppError why something could not be */
    collect(): Promise<void>;
    /** Every relay as CSV. @throws AppError why it could not be written */
    exportCsv(path: string): Promise<void>;
  };
  readonly wallet: WalletService;
  readonly welcome: Welcome;
  readonly doctor: Doctor;
  readonly doctorFacts: GatherFacts;
  readonly governor: GovernorActions;
  /** Asks every sensor now. */
  sensorLines(): Promise<readonly SensorLine[]>;
  readonly receipts: {
    view(ref: Hex): ReceiptView;
    checks(ref: Hex): ReceiptCheckView[];
    json(ref: Hex): string;
  };
  price(turns: readonly ChatTurn[]): Promise<Price>;
  /** Where other programs of this computer reach the chain; null when it is not open to them. */
  chainUrl(): Promise<string | null>;
  /**
   * @param isAfterRestart whether the system started Lull, and not its owner
   * @throws AppError when the model that the command line named cannot be used
   */
  start(isAfterRestart?: boolean): Promise<void>;
  dispose(): Promise<void>;
}

/** The ledger is read once the window has had time to appear. */
const FEED_AFTER_MS = 1_000;

/** @throws AppError when the data folder cannot be used */
export function composeDesktop(
  config: DesktopConfig,
  ports: DesktopPorts,
  publish: (news: ChatNews) => void,
): DesktopApp {
  const { paths, joined, presence } = config;
  const { clock, log, system } = ports;
  // Left over when the last copy was killed; whoever joined by it would ask strangers.
  withdrawPractice(paths.practiceInfo);
  const contracts = practiceContractsIn(config.resourceFolder);
  const source = joined
    ? ({ mode: 'remote', url: joined.rpcUrl } as const)
    : ({ mode: 'practice', folder: paths.practiceChain } as const);
  const opensChain = joined === null && config.opensChain;
  const chain = createChain(ports, { source, rpcPort: opensChain ? 0 : null });
  const nodePorts = { ...ports, chain, contracts };
  const offers = openModelOffers(config, log);
  const nameOf = offeredName(offers, paths.models);
  const node = composeNode(
    { ...config, nameOf },
    {
      ...nodePorts,
      sensors: system.sensors,
      makeGate: (parts) =>
        composeGovernor(paths, { ...system, clock, log, isRemembering: config.earns }, parts),
    },
  );
  const { hub, books, market, library, engine, raise } = node;
  const practice = createPractice({
    ...nodePorts,
    owner: node,
    makeNeighbour: (folder) =>
      // It answers nobody but the owner, who asked for it.
      composeNode(neighbourConfig(config, folder), {
        ...nodePorts,
        makeGate: () => createOpenGate(clock.nowMs()),
      }),
    neighbourFolder: paths.neighbour,
    joined,
  });
  const network = createNetworkAnswerer(practice);
  const { inFlight } = node;
  const chatPorts = { ...ports, engine, library, hub, raise, publish, network, inFlight };
  const chat = composeChat(paths.chats, chatPorts);
  const models = composeModels(config, { ...ports, node, offers });
  const earning = createEarning({
    ...ports,
    node,
    practice,
    governor: node.gate,
    presence,
    onOffered: tellOthers,
  });
  const trial = createTrial({ practice, hub, clock, log, begin: earning.beginTrial });
  const wallet = createWalletService({ ...ports, hub, market, open: practice.open });
  const doctorFacts = createDoctorFacts({
    dataFolder: paths.dataFolder,
    opensEndpoint: config.port !== null,
    sensors: system.sensors.look,
    clock,
  });
  const doctor = createDoctor({ hub, facts: doctorFacts, clock, log });
  let stopFeed: (() => void) | null = null;

  async function collect(): Promise<void> {
    const before = hub.snapshot().earnings.collect;
    const show = (change: Partial<typeof before>): void => {
      const next = { ...hub.snapshot().earnings.collect, ...change };
      hub.dispatch({ type: 'earnings-changed', change: { collect: next } });
    };
    show({ state: 'running', failure: null });
    try {
      await practice.open();
      const { failures, transactions } = await (await market()).redeemer.collect();
      const [failure] = failures;
      if (failure) throw failure;
      show({ state: 'idle', transaction: transactions.at(-1) ?? before.transaction });
    } catch (error) {
      show({ state: 'failed', failure: failureText(toAppError(error)) });
      throw error;
    }
  }

  /** Other copies of Lull on this computer may ask, when they may reach the chain. */
  async function tellOthers(): Promise<void> {
    const { rpcUrl } = await chain.start();
    if (rpcUrl !== null)
      announcePractice(paths.practiceInfo, { ...(await practice.open()), rpcUrl });
  }

  return {
    node,
    chat,
    models,
    practice,
    earning: {
      ...earning,
      trial,
      collect,
      async exportCsv(path) {
        await exportEarnings(books().ledger, books().totals, path);
      },
    },
    governor: governorActions(node),
    async sensorLines() {
      return sensorLines(await system.sensors.look(), clock.monotonicMs());
    },
    wallet,
    welcome: createWelcome(node, log),
    doctor,
    doctorFacts,
    receipts: {
      view: (ref) => receiptView(books().ledger, books().totals, ref),
      checks: (ref) => checksOf(books().ledger, ref),
      json: (ref) => receiptJson(books().ledger, ref),
    },
    price: network.price,
    chainUrl: async () => (await chain.start()).rpcUrl,
    async start(isAfterRestart = false) {
      stopFeed ??= clock.after(FEED_AFTER_MS, () => {
        stopFeed = feedEarnings(node, clock);
        node.gate.useEarned(earnedHours(books, log));
      });
      try {
        await node.start();
      } finally {
        if (config.earns) models.start();
        // A model that cannot be opened leaves the one that there was.
        if (config.earns) earning.resume(isAfterRestart);
      }
    },
    async dispose() {
      withdrawPractice(paths.practiceInfo);
      stopFeed?.();
      trial.stop();
      earning.dispose();
      doctor.dispose();
      chat.dispose();
      await models.dispose();
      await practice.dispose();
      await node.gate.disposed();
      await node.dispose();
      await chain.dispose();
    },
  };
}

/** A second node with a folder and an identity of its own; the test model is shared, because it is only read. */
function neighbourConfig(config: DesktopConfig, folder: string): NodeConfig {
  return {
    ...config,
    paths: pathsIn(folder, config.paths.cacheFolder),
    port: null,
    hasWindow: false,
    modelPath: null,
    engine: 'modest',
  };
}
