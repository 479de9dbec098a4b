/**
 * A process that appends until it is killed and tells its parent of every append that returned. Started by the tests.
 * Arguments: the ledger's file, `normal`, `full` or `both` in turn, and how many (0: for ever).
 */
import { setImmediate as turn } from 'node:timers/promises';
import { openLedgerDatabase } from '../../../electron/ledger/ledger-database.ts';
import { createSqliteLedger } from '../../../electron/ledger/sqlite-ledger.ts';
import { acceptedOn, openedBy } from '../../fakes/ledger-values.ts';
import { createMemoryLog } from '../../fakes/memory-log.ts';

const [path = '', durability = 'both', count = '0'] = process.argv.slice(2);
const ledger = createSqliteLedger(openLedgerDatabase(path), createMemoryLog());
const opened = openedBy('supplier');
if (!ledger.sessionOpened('supplier', opened.session)) ledger.append([opened], 'full');
const before = ledger.entriesOf('supplier', opened.session).length;

const limit = Number(count);
for (let number = before; limit === 0 || number < before + limit; number++) {
  const isFull = durability === 'full' || (durability === 'both' && number % 2 === 0);
  ledger.append([acceptedOn(opened.session, number, BigInt(number))], isFull ? 'full' : 'normal');
  process.send?.({ number });
  await turn();
}
ledger.dispose();
