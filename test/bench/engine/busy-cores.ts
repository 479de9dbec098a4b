/** Keeps every core of this computer busy, as whatever else runs on a desktop would. */
import os from 'node:os';
import { createForkedChildren } from '../../fakes/fork-child.ts';

export interface BusyCores {
  /** Stands still until `resume`, so that what is to be measured can be brought about in less time. */
  rest(): void;
  resume(): void;
  end(): Promise<void>;
}

export function keepCoresBusy(): BusyCores {
  const children = createForkedChildren('../test/bench/engine');
  for (let core = 0; core < os.availableParallelism(); core += 1) {
    children.spawn('spin-process', { name: 'spin' });
  }
  const signal = (name: NodeJS.Signals): void => {
    for (const child of children.processes) child.kill(name);
  };
  return {
    rest() {
      signal('SIGSTOP');
    },
    resume() {
      signal('SIGCONT');
    },
    end: () => children.dispose(),
  };
}
