/** The ledger in SQLite: rows are added and read, never changed, and all that is read passes its schema. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { AppError } from '../platform/app-error.ts';
import type { Log } from '../platform/log.ts';
import { inTransaction } from '../platform/sqlite-together.ts';
import {
  ledgerEntrySchema,
  type LedgerEntry,
  type SessionOpened,
} from '../protocol/ledger-entries.ts';
import { roleOf } from './entry-role.ts';
import { ledgerError, type LedgerDatabase } from './ledger-database.ts';
import type { Ledger, LedgerLine, ReceiptEntry } from './ports.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** Lines read at a time by `all`: small enough to keep memory flat. */
const PAGE_LINES = 500;
const RECEIPT_KINDS = `kind IN ('relay-served', 'relay-paid', 'relay-disputed')`;

/** Takes over the open database and closes it on `dispose`. */
export function createSqliteLedger(database: LedgerDatabase, log: Log): Ledger {
  const { path } = database;
  const listeners = new Set<(lines: readonly LedgerLine[]) => void>();
  const sql = guarded(() => prepareReads(database.normal));
  const append = {
    normal: guarded(() => createAppend(database.normal)),
    full: guarded(() => createAppend(database.full)),
  };

  function guarded<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw ledgerError(path, error);
    }
  }

  function toLine(row: Row): LedgerLine {
    const sequence = Number(row['sequence']);
    const parsed = ledgerEntrySchema.safeParse(fromJson(row['json']));
    if (parsed.success) return { sequence, entry: parsed.data };
    throw new AppError('ledger-unusable', {
      details: `${path}: entry ${sequence} cannot be read: ${z.prettifyError(parsed.error)}`,
      cause: parsed.error,
    });
  }

  const toReceipt = (row: Row): LedgerLine<ReceiptEntry> => {
    const { sequence, entry } = toLine(row);
    if (isReceipt(entry)) return { sequence, entry };
    throw wrongKind(sequence);
  };

  const toOpened = (row: Row): SessionOpened => {
    const { sequence, entry } = toLine(row);
    if (entry.kind === 'session-opened') return entry;
    throw wrongKind(sequence);
  };

  function wrongKind(sequence: number): AppError {
    const details = `${path}: entry ${sequence} is of another kind than its row says.`;
    return new AppError('ledger-unusable', { details });
  }

  function tell(lines: readonly LedgerLine[]): void {
    for (const listener of listeners) {
      try {
        listener(lines);
      } catch (error) {
        // It is on disk: whoever cannot follow must not make it look as if it were not.
        log.error('an entry of the ledger could not be passed on', { error });
      }
    }
  }

  return {
    append(entries, durability) {
      if (entries.length === 0) return;
      const rows = entries.map(toColumns);
      const sequences = guarded(() => append[durability](rows));
      tell(entries.map((entry, index) => ({ sequence: sequences[index] ?? 0, entry })));
    },
    entriesOf: (role, session) =>
      guarded(() => sql.ofSession.all(session, role).map((row) => toLine(row).entry)),
    openSessions: (role, sinceEpoch) =>
      guarded(() => sql.opened.all(role, sinceEpoch).map(toOpened)),
    sessionOpened: (role, session) => guarded(() => one(sql.terms.get(session, role), toOpened)),
    receipts: ({ role, beforeSequence, limit }) =>
      guarded(() =>
        sql.receipts.all(role, beforeSequence ?? Number.MAX_SAFE_INTEGER, limit).map(toReceipt),
      ),
    receiptOf: (role, ref) => guarded(() => one(sql.receiptOf.get(ref, role), toReceipt)),
    *all() {
      for (let after = 0; ;) {
        const page = guarded(() => sql.page.all(after, PAGE_LINES).map(toLine));
        yield* page;
        const last = page.at(-1);
        if (!last) return;
        after = last.sequence;
      }
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      listeners.clear();
      database.dispose();
    },
  };
}

function prepareReads(database: DatabaseSync) {
  const select = (rest: string) => database.prepare(`SELECT sequence, json FROM entry ${rest}`);
  return {
    ofSession: select('WHERE session = ? AND role = ? ORDER BY sequence'),
    terms: select(
      `WHERE session = ? AND role = ? AND kind = 'session-opened' ORDER BY sequence LIMIT 1`,
    ),
    opened: select(
      `WHERE kind = 'session-opened' AND role = ? AND epoch >= ? ORDER BY epoch, sequence`,
    ),
    receipts: select(
      `WHERE role = ? AND ${RECEIPT_KINDS} AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    ),
    receiptOf: select(
      `WHERE ref = ? AND role = ? AND ${RECEIPT_KINDS} ORDER BY sequence DESC LIMIT 1`,
    ),
    page: select('WHERE sequence > ? ORDER BY sequence LIMIT ?'),
  };
}

type Columns = ReturnType<typeof toColumns>;

/** @returns appends rows in one transaction and gives their numbers back */
function createAppend(database: DatabaseSync): (rows: readonly Columns[]) => readonly number[] {
  const insert = database.prepare(
    'INSERT INTO entry (kind, role, session, ref, epoch, at_ms, json) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const add = (row: Columns): number => Number(insert.run(...row).lastInsertRowid);
  return (rows) => {
    const [only] = rows;
    // A statement alone is a transaction of its own.
    if (rows.length === 1 && only) return [add(only)];
    return inTransaction(database, () => rows.map(add));
  };
}

function toColumns(entry: LedgerEntry) {
  const isOpening = entry.kind === 'session-opened';
  const ref = 'ref' in entry ? entry.ref : null;
  const epoch = isOpening ? entry.terms.epoch : null;
  const json = JSON.stringify(z.encode(ledgerEntrySchema, entry));
  return [entry.kind, roleOf(entry), entry.session, ref, epoch, entry.atMs, json] as const;
}

function isReceipt(entry: LedgerEntry): entry is ReceiptEntry {
  const { kind } = entry;
  return kind === 'relay-served' || kind === 'relay-paid' || kind === 'relay-disputed';
}

function one<Value>(row: Row | undefined, convert: (row: Row) => Value): Value | null {
  return row ? convert(row) : null;
}

/** Undefined for what is no JSON, which no schema takes. */
function fromJson(value: SQLOutputValue | undefined): unknown {
  try {
    return typeof value === 'string' ? (JSON.parse(value) as unknown) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
