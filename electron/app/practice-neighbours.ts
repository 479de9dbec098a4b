/** The neighbours of the practice network: at most one per folder, woken when one is needed, ended when none is. */
import { AppError } from '../platform/app-error.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../protocol/hex.ts';
import type { LullNode } from './compose-node.ts';

export interface Neighbour {
  readonly node: LullNode;
  readonly peerKey: Hex;
}

export interface Neighbours {
  /** The one that is awake in this folder, or a new one. @throws AppError why it does not start */
  wake(folder: string): Promise<Neighbour>;
  awake(): Promise<readonly LullNode[]>;
  /** Ends all of them; the next `wake` waits until they are gone. */
  sendHome(): void;
  dispose(): Promise<void>;
}

/** @param start starts one that is on the network when it resolves */
export function createNeighbours(
  start: (folder: string) => Promise<Neighbour>,
  log: Log,
): Neighbours {
  const known = new Map<string, Promise<Neighbour>>();
  let isDisposed = false;
  let ending: Promise<unknown> = Promise.resolve();

  async function end(): Promise<void> {
    const running = [...known.values()];
    known.clear();
    ending = Promise.allSettled([
      ending,
      ...running.map((starting) => starting.then(({ node }) => node.dispose())),
    ]);
    await ending;
  }

  return {
    wake(folder) {
      if (isDisposed) return Promise.reject(new AppError('cancelled'));
      const found = known.get(folder);
      if (found) return found;
      // Two nodes in one folder would have one set of keys and one ledger.
      const starting = ending
        .then(() => start(folder))
        .catch((error: unknown) => {
          // Meanwhile another one may have been started in its place.
          if (known.get(folder) === starting) known.delete(folder);
          throw error;
        });
      known.set(folder, starting);
      return starting;
    },
    async awake() {
      const started = await Promise.allSettled(known.values());
      return started.flatMap((each) => (each.status === 'fulfilled' ? [each.value.node] : []));
    },
    sendHome() {
      drop(end(), 'ending the neighbours', log);
    },
    async dispose() {
      isDisposed = true;
      await end();
    },
  };
}
