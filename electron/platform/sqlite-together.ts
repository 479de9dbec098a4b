/** What every store on SQLite does the same way: failures that people understand, and all of a change or nothing. */
import type { DatabaseSync } from 'node:sqlite';
import { sqliteError } from './sqlite-error.ts';

/** @throws AppError in place of what SQLite throws */
export function guarded<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw sqliteError(error);
  }
}

/** Writes all of it or nothing. @throws AppError */
export function together<Value>(database: DatabaseSync, work: () => Value): Value {
  return guarded(() => inTransaction(database, work));
}

/** The same, but throws what SQLite throws. */
export function inTransaction<Value>(database: DatabaseSync, work: () => Value): Value {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    // A full disk may already have rolled it back.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
