/** The supervisor over the engine process that tells when its model stood still. */
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { createLinuxMemory } from '../../../electron/engine/memory-linux.ts';
import type { SpawnChild } from '../../../electron/platform/child.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { stoodSchema, type Stood } from './stood.ts';

export interface BenchEngine {
  readonly engine: EngineSupervisor;
  /** What the process said of its last pause; null when it was killed before it could. */
  takeStood(): Stood | null;
  dispose(): Promise<void>;
}

export function createBenchEngine(): BenchEngine {
  const children = createForkedChildren('../test/bench/giveback');
  let stood: Stood | null = null;
  const spawn: SpawnChild = (_entry, options) => {
    const child = children.spawn('giveback-engine-process', options);
    return {
      get pid() {
        return child.pid;
      },
      post: (message) => {
        child.post(message);
      },
      onExit: (listener) => child.onExit(listener),
      kill: () => {
        child.kill();
      },
      onMessage: (listener) =>
        child.onMessage((message) => {
          const told = stoodSchema.safeParse(message);
          if (!told.success) {
            listener(message);
            return;
          }
          // What comes later is worse: it did not stand still after all.
          stood = told.data;
        }),
    };
  };
  const memory = process.platform === 'linux' ? createLinuxMemory(systemClock) : undefined;
  const log = createMemoryLog();
  const engine = createEngineSupervisor({ spawn, clock: systemClock, log, memory });
  return {
    engine,
    takeStood() {
      const taken = stood;
      stood = null;
      return taken;
    },
    async dispose() {
      engine.dispose();
      await children.dispose();
    },
  };
}
