/** Keeps the journal in a SQLite file of its own; every row read back passes the schema it was written from. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { openDatabase } from '../platform/open-database.ts';
import { sqliteError } from '../platform/sqlite-error.ts';
import { journalEntrySchema, type EntryChange, type JournalEntry } from './journal-entry.ts';
import { migration001 } from './migrations/001-journal.ts';
import type { JournalStore } from './ports.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * A damaged file is refused and never set aside: whoever began anew could sign twice what is signed there.
 * @throws AppError `store-corrupt`, `disk-full` or `data-folder-unusable`
 */
export function openSqliteJournal(path: string): JournalStore {
  return createSqliteJournal(
    openDatabase(path, { migrations: [migration001], synchronous: 'FULL' }),
  );
}

/** Takes over the open database and closes it on `dispose`. */
function createSqliteJournal(database: DatabaseSync): JournalStore {
  const sql = prepareStatements(database);

  function guarded<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw sqliteError(error);
    }
  }
  const many = (read: () => Row[]) => guarded(() => read().map(toEntry));
  const one = (read: () => Row | undefined) =>
    guarded(() => {
      const row = read();
      return row ? toEntry(row) : null;
    });

  return {
    add: (entry) => {
      guarded(() => {
        const { changes } = sql.add.run(...toColumns(entry));
        if (changes !== 1) throw new Error(`${entry.hash} is in the journal already`);
      });
    },
    change: (hash, change) => {
      guarded(() => {
        const { changes } = sql.change.run(...toChangedColumns(change), hash);
        if (changes !== 1) throw new Error(`${hash} is not in the journal`);
      });
    },
    find: (hash) => one(() => sql.find.get(hash)),
    withKey: (chainId, key) => many(() => sql.withKey.all(chainId, key)),
    ofAccount: (chainId, from, minNonce) => many(() => sql.ofAccount.all(chainId, from, minNonce)),
    open: (chainId) => many(() => sql.open.all(chainId)),
    newestFinal: (chainId) => one(() => sql.newestFinal.get(chainId)),
    reopen: (chainId) => {
      guarded(() => sql.reopen.run(chainId));
    },
    list: (chainId, limit) => many(() => sql.list.all(chainId, limit)),
    dispose: () => {
      if (database.isOpen) database.close();
    },
  };
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (text: string) => database.prepare(text);
  const select = (rest: string) => prepare(`SELECT * FROM signed_transaction WHERE ${rest}`);
  return {
    add: prepare(
      `INSERT INTO signed_transaction (hash, chain_id, sender, nonce, raw, purpose, key, created_at_ms,
         state, is_final, block_number, block_hash, gas_used, fee_wei, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET purpose = excluded.purpose, key = excluded.key,
         created_at_ms = excluded.created_at_ms, state = excluded.state,
         is_final = excluded.is_final, reason = excluded.reason
       WHERE state = 'rejected'`,
    ),
    change: prepare(
      `UPDATE signed_transaction SET state = ?, is_final = ?, block_number = ?, block_hash = ?,
         gas_used = ?, fee_wei = ?, reason = ? WHERE hash = ?`,
    ),
    find: select('hash = ?'),
    withKey: select('chain_id = ? AND key = ? ORDER BY sequence'),
    ofAccount: select('chain_id = ? AND sender = ? AND nonce >= ? ORDER BY nonce, sequence'),
    open: select('chain_id = ? AND is_final = 0 ORDER BY sequence'),
    newestFinal: select(
      'chain_id = ? AND is_final = 1 AND block_number IS NOT NULL ORDER BY block_number DESC LIMIT 1',
    ),
    reopen: prepare(
      'UPDATE signed_transaction SET is_final = 0 WHERE chain_id = ? AND block_number IS NOT NULL',
    ),
    list: select('chain_id = ? ORDER BY sequence DESC LIMIT ?'),
  };
}

function toColumns(entry: JournalEntry) {
  const { hash, chainId, from, nonce, raw, purpose, key, createdAtMs } = entry;
  const fixed = [hash, chainId, from, nonce, raw, purpose, key, createdAtMs] as const;
  return [...fixed, ...toChangedColumns(entry)] as const;
}

function toChangedColumns({ state, isFinal, inclusion, reason }: EntryChange) {
  const { blockNumber = null, blockHash = null, gasUsed = null } = inclusion ?? {};
  const feeWei = inclusion?.feeWei.toString() ?? null;
  return [state, isFinal ? 1 : 0, blockNumber, blockHash, gasUsed, feeWei, reason] as const;
}

function toEntry(row: Row): JournalEntry {
  const inclusion =
    row['block_number'] === null
      ? null
      : {
          blockNumber: row['block_number'],
          blockHash: row['block_hash'],
          gasUsed: row['gas_used'],
          feeWei: BigInt(String(row['fee_wei'])),
        };
  return journalEntrySchema.parse({
    hash: row['hash'],
    chainId: row['chain_id'],
    from: row['sender'],
    nonce: row['nonce'],
    raw: row['raw'],
    purpose: row['purpose'],
    key: row['key'],
    createdAtMs: row['created_at_ms'],
    state: row['state'],
    isFinal: row['is_final'] === 1,
    inclusion,
    reason: row['reason'],
  });
}
