/** Builds one node of Lull: engine, models, chat, endpoint, and the state that a window shows. */
import type { ChatService } from '../chat/chat-service.ts';
import { createHub, type Hub } from '../hub/hub.ts';
import { initialSnapshot } from '../hub/initial-snapshot.ts';
import type { Snapshot, Theme } from '../ipc/snapshot.ts';
import type { ModelLibrary } from '../models/library.ts';
import { toAppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { composeChat, type ChatNews } from './compose-chat.ts';
import { composeEndpoint, type NodeEndpoint } from './compose-endpoint.ts';
import { composeEngine, type NodeAnswers } from './compose-engine.ts';
import { openSettings } from './open-settings.ts';
import type { Paths } from './paths.ts';
import type { Preparation } from './prepare.ts';

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
}

export interface NodePorts {
  readonly spawn: SpawnChild;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface LullNode {
  readonly hub: Hub;
  readonly chat: ChatService;
  readonly library: ModelLibrary;
  readonly preparation: Preparation;
  readonly engine: NodeAnswers;
  readonly endpoint: NodeEndpoint;
  /**
   * Starts preparing and listening; their failures are in the hub.
   * @throws AppError when the model that the command line named cannot be used.
   */
  start(): Promise<void>;
  /** @throws AppError when the current model cannot be loaded. */
  loadModel(): Promise<void>;
  probeAgain(): void;
  /** Ends the engine process; the next question starts a new one. */
  restartEngine(): Promise<void>;
  setTheme(theme: Theme): void;
  /** Tells the owner of a failure that no command asked about. */
  raise(error: unknown): void;
  dispose(): Promise<void>;
}

/** @throws AppError when the data folder cannot be used. */
export function composeNode(
  config: NodeConfig,
  ports: NodePorts,
  publish: (news: ChatNews) => void,
): LullNode {
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
  const shared = { ...ports, engine, library, hub, raise };
  const chat = composeChat(paths.chats, { ...shared, publish });
  const endpoint = composeEndpoint(config, shared);

  return {
    hub,
    chat,
    library,
    preparation,
    engine,
    endpoint,
    async start() {
      drop(preparation.run(), 'preparing', log);
      if (config.port !== null) endpoint.start();
      for (const error of await openModels()) raise(error);
    },
    async loadModel() {
      await preparation.ready();
      await supervisor.load();
    },
    probeAgain,
    restartEngine: supervisor.unload,
    setTheme(theme) {
      settings.change({ theme });
      hub.dispatch({ type: 'theme-set', theme });
    },
    raise,
    async dispose() {
      preparation.cancel();
      chat.dispose();
      await endpoint.dispose();
      supervisor.dispose();
      hub.dispose();
    },
  };
}
