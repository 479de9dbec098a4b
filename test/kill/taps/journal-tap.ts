/** Stands in for `openSqliteJournal`: the real one, with steps around what it keeps of a transaction. */
import type { JournalStore } from '../../../electron/chain/ports.ts';
import { openSqliteJournal as openReal } from '../../../electron/chain/sqlite-journal.ts';
import { reach } from '../death.ts';

export function openSqliteJournal(path: string): JournalStore {
  const store = openReal(path);
  return {
    ...store,
    add(entry) {
      reach('transaction signed');
      store.add(entry);
      reach('transaction journalled');
    },
    change(hash, change) {
      store.change(hash, change);
      if (change.state === 'mined' && !change.isFinal) reach('transaction recorded');
    },
  };
}
