/** Builds what one person has of Lull: their node, their chats, and a practice network with a neighbour. */
import { createChain } from '../chain/chain.ts';
import type { ChatService } from '../chat/chat-service.ts';
import type { Price, ReceiptCheckView, ReceiptView } from '../ipc/network.ts';
import { toAppError } from '../platform/app-error.ts';
import { failureText } from '../platform/failure-text.ts';
import type { ChatTurn } from '../protocol/generate.ts';
import type { Hex } from '../protocol/hex.ts';
import { composeChat, type ChatNews } from './compose-chat.ts';
import { composeNode, type LullNode, type NodeConfig, type NodePorts } from './compose-node.ts';
import { createPractice, type Practice } from './compose-practice.ts';
import { feedEarnings } from './earnings-feed.ts';
import { createNetworkAnswerer } from './network-answerer.ts';
import type { Presence } from './options.ts';
import { pathsIn } from './paths.ts';
import { practiceContractsIn } from './practice-code.ts';
import { announcePractice, withdrawPractice, type PracticeInfo } from './practice-info.ts';
import { createTrial, type Trial } from './practice-trial.ts';
import { checksOf, receiptJson, receiptView } from './receipt-view.ts';

export interface DesktopConfig extends NodeConfig {
  readonly resourceFolder: string;
  readonly presence: Presence;
  /** Another Lull's practice network; null for an own one. */
  readonly joined: PracticeInfo | null;
  /** Whether other programs of this computer may ask the chain: any free port then. */
  readonly opensChain: boolean;
}

export interface DesktopApp {
  readonly node: LullNode;
  readonly chat: ChatService;
  readonly practice: Practice;
  readonly earning: {
    readonly trial: Trial;
    /** Redeems everything. @throws AppError why something could not be */
    collect(): Promise<void>;
  };
  readonly receipts: {
    view(ref: Hex): ReceiptView;
    checks(ref: Hex): ReceiptCheckView[];
    json(ref: Hex): string;
  };
  price(turns: readonly ChatTurn[]): Promise<Price>;
  /** Where other programs of this computer reach the chain; null when it is not open to them. */
  chainUrl(): Promise<string | null>;
  /** @throws AppError when the model that the command line named cannot be used */
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** The ledger is read once the window has had time to appear. */
const FEED_AFTER_MS = 1_000;

/** @throws AppError when the data folder cannot be used */
export function composeDesktop(
  config: DesktopConfig,
  ports: NodePorts,
  publish: (news: ChatNews) => void,
): DesktopApp {
  const { paths, joined, presence } = config;
  const { clock, log } = ports;
  // Left over when the last copy was killed; whoever joined by it would ask strangers.
  withdrawPractice(paths.practiceInfo);
  const contracts = practiceContractsIn(config.resourceFolder);
  const source = joined
    ? ({ mode: 'remote', url: joined.rpcUrl } as const)
    : ({ mode: 'practice', folder: paths.practiceChain } as const);
  const opensChain = joined === null && config.opensChain;
  const chain = createChain(ports, { source, rpcPort: opensChain ? 0 : null });
  const nodePorts = { ...ports, chain, contracts };
  const node = composeNode(config, nodePorts);
  const { hub, market, library, engine, raise } = node;
  const practice = createPractice({
    ...nodePorts,
    owner: node,
    makeNeighbour: (folder) => composeNode(neighbourConfig(config, folder), nodePorts),
    neighbourFolder: paths.neighbour,
    joined,
  });
  const network = createNetworkAnswerer(practice);
  const chatPorts = { ...ports, engine, library, hub, raise, publish, network };
  const chat = composeChat(paths.chats, chatPorts);
  const trial = createTrial({
    practice,
    hub,
    log,
    onEnd: () => {
      if (presence !== 'always') node.stopServing();
    },
  });
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
      const { failures, transactions } = await market().redeemer.collect();
      const [failure] = failures;
      if (failure) throw failure;
      show({ state: 'idle', transaction: transactions.at(-1) ?? before.transaction });
    } catch (error) {
      show({ state: 'failed', failure: failureText(toAppError(error)) });
      throw error;
    }
  }

  /** Serves for as long as Lull runs, and tells other copies on this computer how to ask. */
  async function serveAlways(): Promise<void> {
    const place = await practice.open();
    await node.serve();
    const { rpcUrl } = await chain.start();
    if (rpcUrl !== null) announcePractice(paths.practiceInfo, { ...place, rpcUrl });
  }

  return {
    node,
    chat,
    practice,
    earning: { trial, collect },
    receipts: {
      view: (ref) => receiptView(market().ledger, market().totals, ref),
      checks: (ref) => checksOf(market().ledger, ref),
      json: (ref) => receiptJson(market().ledger, ref),
    },
    price: network.price,
    chainUrl: async () => (await chain.start()).rpcUrl,
    async start() {
      stopFeed ??= clock.after(FEED_AFTER_MS, () => {
        stopFeed = feedEarnings(node, clock);
      });
      await node.start();
      if (presence === 'always') serveAlways().catch(raise);
    },
    async dispose() {
      withdrawPractice(paths.practiceInfo);
      stopFeed?.();
      trial.stop();
      chat.dispose();
      await practice.dispose();
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
