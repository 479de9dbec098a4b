/** Opens what the governor remembers; without a file that can be used it begins anew, because it is no money. */
import { openGovernorDatabase } from '../governor/governor-database.ts';
import {
  createGovernorLedger,
  type GovernorLedger,
  type GovernorLedgerPorts,
} from '../governor/governor-ledger.ts';
import { createStretchStore } from '../governor/stretch-store.ts';
import { AppError } from '../platform/app-error.ts';

const IN_MEMORY = ':memory:';

/**
 * @param path null keeps nothing beyond this run
 * @param raise told why the file is not used, or that it was damaged; that file is left as it is
 */
export function openGovernorLedger(
  path: string | null,
  raise: (error: unknown) => void,
  ports: Omit<GovernorLedgerPorts, 'store'>,
): GovernorLedger {
  const open = (at: string): GovernorLedger => {
    const { database, damagedKeptAs } = openGovernorDatabase(at, ports.clock.nowMs());
    if (damagedKeptAs !== null) {
      raise(new AppError('governor-corrupt', { details: `It was kept as ${damagedKeptAs}.` }));
    }
    return createGovernorLedger({ ...ports, store: createStretchStore(database) });
  };
  if (path === null) return open(IN_MEMORY);
  try {
    return open(path);
  } catch (error) {
    raise(error);
    return open(IN_MEMORY);
  }
}
