/** The supervisor over the engine process that tells when its model stood still. */
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { createLinuxMemory } from '../../../electron/engine/memory-linux.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { heardChildren } from '../gate/heard-children.ts';
import { stoodSchema, type Stood } from './stood.ts';

export interface BenchEngine {
  readonly engine: EngineSupervisor;
  /** What the process said of its last pause; null when it was killed before it could. */
  takeStood(): Stood | null;
  dispose(): Promise<void>;
}

export function createBenchEngine(): BenchEngine {
  let stood: Stood | null = null;
  const entry = 'giveback-engine-process';
  const children = heardChildren('../test/bench/giveback', entry, (message) => {
    const told = stoodSchema.safeParse(message);
    // What comes later is worse: it did not stand still after all.
    if (told.success) stood = told.data;
    return told.success;
  });
  const { spawn } = children;
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
