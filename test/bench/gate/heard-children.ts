/** Starts a bench's own engine process in place of the app's, and hears what that one says beside the app's messages. */
import type { SpawnChild } from '../../../electron/platform/child.ts';
import { createForkedChildren, type ForkedChildren } from '../../fakes/fork-child.ts';

/**
 * @param folder of the entry, seen from `electron/`
 * @param hear returns whether it took the message, which nobody else hears then
 */
export function heardChildren(
  folder: string,
  entry: string,
  hear: (message: unknown) => boolean,
): Pick<ForkedChildren, 'spawn' | 'dispose'> {
  const children = createForkedChildren(folder);
  const spawn: SpawnChild = (_entry, options) => {
    const child = children.spawn(entry, options);
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
          if (!hear(message)) listener(message);
        }),
    };
  };
  return { spawn, dispose: () => children.dispose() };
}
