/** A supervisor over the engine process that tells when it stood still. */
import {
  createEngineSupervisor,
  type EngineSupervisor,
} from '../../../electron/engine/engine-supervisor.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';
import { heardChildren } from './heard-children.ts';
import { sharedMs, stoppedSchema } from './shared-clock.ts';

export interface WatchedEngine {
  readonly engine: EngineSupervisor;
  /** Milliseconds from calling `stop` until the last step ended that still worked; 0 when none did. */
  untilStill(stop: () => void): Promise<number>;
  dispose(): Promise<void>;
}

export function createWatchedEngine(): WatchedEngine {
  let hear: (atMs: number) => void = () => undefined;
  const children = heardChildren('../test/bench/gate', 'gate-engine-process', (message) => {
    const stopped = stoppedSchema.safeParse(message);
    if (stopped.success) hear(stopped.data.atMs);
    return stopped.success;
  });
  const { spawn } = children;
  const engine = createEngineSupervisor({ spawn, clock: systemClock, log: createMemoryLog() });
  return {
    engine,
    async untilStill(stop) {
      const stopped = new Promise<number>((resolve) => {
        hear = resolve;
      });
      const calledMs = sharedMs();
      stop();
      return Math.max(0, (await stopped) - calledMs);
    },
    async dispose() {
      engine.dispose();
      await children.dispose();
    },
  };
}
