/** What the chain says about a session, asked only once the chain itself has come to its epoch. */
import { ChainError } from '../chain/eip1193.ts';
import type { HubReader } from '../chain/hub-reader-adapter.ts';
import type { SolvencyPort } from '../relay/ports.ts';

/**
 * A chain is some seconds behind the clock. What holds in an epoch that has not begun there can still be changed, so
 * its word would be no promise.
 */
export function solvencyOf(reader: Pick<HubReader, 'currentEpoch' | 'quote'>): SolvencyPort {
  return {
    async quote({ application, service, epoch, supplier }) {
      if ((await reader.currentEpoch()) < epoch) {
        throw new ChainError(
          'unavailable',
          `Settlement period ${String(epoch)} has not begun on the chain.`,
        );
      }
      return reader.quote(application, service, epoch, supplier);
    },
  };
}
