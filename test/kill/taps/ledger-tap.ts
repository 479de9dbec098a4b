/** Stands in for `createSqliteLedger`: the real one, with a step before and after everything that is appended. */
import type { LedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import type { Ledger } from '../../../electron/ledger/ports.ts';
import { createSqliteLedger as createReal } from '../../../electron/ledger/sqlite-ledger.ts';
import type { Log } from '../../../electron/platform/log.ts';
import type { LedgerKind } from '../../../electron/protocol/ledger-entries.ts';
import { reach } from '../death.ts';
import { MAIN_STEPS, type MainStep } from '../steps.ts';

export function createSqliteLedger(database: LedgerDatabase, log: Log): Ledger {
  const ledger = createReal(database, log);
  return {
    ...ledger,
    append(entries, durability) {
      for (const { kind } of entries) reachOf(kind, 'before');
      ledger.append(entries, durability);
      for (const { kind } of entries) reachOf(kind, 'written');
    },
  };
}

/** Not every kind has both steps, and the opening of a session is written with its first relay. */
function reachOf(kind: LedgerKind, when: 'before' | 'written'): void {
  const step = MAIN_STEPS.find((each): each is MainStep => each === `${kind} ${when}`);
  if (step) reach(step);
}
