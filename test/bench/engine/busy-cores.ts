/** Keeps every core of this computer busy, as whatever else runs on a desktop would. */
import os from 'node:os';
import { createForkedChildren } from '../../fakes/fork-child.ts';

/** @returns what ends it */
export function keepCoresBusy(): () => Promise<void> {
  const children = createForkedChildren('../test/bench/engine');
  for (let core = 0; core < os.availableParallelism(); core += 1) {
    children.spawn('spin-process', { name: 'spin' });
  }
  return () => children.dispose();
}
