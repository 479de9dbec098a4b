/** Opens the ledger's file; a damaged one is refused and left exactly as it is, because it is money. */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ErrorCode } from '../ipc/error-codes.ts';
import { AppError } from '../platform/app-error.ts';
import { openDatabase } from '../platform/open-database.ts';
import { sqliteError } from '../platform/sqlite-error.ts';
import { migration001 } from './migrations/001-entries.ts';

/** Two connections to one write-ahead log: what the second one syncs covers what the first one wrote. */
export interface LedgerDatabase {
  readonly path: string;
  /** Commits at synchronous NORMAL; reads. */
  readonly normal: DatabaseSync;
  /** Commits at synchronous FULL. */
  readonly full: DatabaseSync;
  dispose(): void;
}

/** These say better what to do than `ledger-unusable` does. */
const KEPT_CODES: readonly ErrorCode[] = ['ledger-unusable', 'disk-full', 'data-folder-unusable'];
const OWNER_ONLY = 0o600;

/** @throws AppError `ledger-unusable`, `disk-full` or `data-folder-unusable` */
export function openLedgerDatabase(path: string): LedgerDatabase {
  try {
    makeReadableByOwnerOnly(path);
    refuseLostBody(path);
    const normal = openDatabase(path, { migrations: [migration001], synchronous: 'NORMAL' });
    const full = openFull(path, normal);
    return {
      path,
      normal,
      full,
      dispose() {
        if (full.isOpen) full.close();
        if (normal.isOpen) normal.close();
      },
    };
  } catch (error) {
    throw ledgerError(path, error);
  }
}

/** What SQLite throws, as what a person is told about the ledger. */
export function ledgerError(path: string, error: unknown): AppError {
  const known = sqliteError(error);
  if (KEPT_CODES.includes(known.code)) return known;
  const details = `${path}: ${known.details ?? known.message}`;
  return new AppError('ledger-unusable', { details, cause: error });
}

/** SQLite makes its other files with the modes of this one. */
function makeReadableByOwnerOnly(path: string): void {
  if (existsSync(path)) return;
  refuseLostBody(path);
  try {
    closeSync(openSync(path, 'wx', OWNER_ONLY));
  } catch (error) {
    throw new AppError('data-folder-unusable', {
      details: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

/** SQLite deletes a log whose database is empty or gone; here that log may be all that is left of the money. */
function refuseLostBody(path: string): void {
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  const body = statSync(path, { throwIfNoEntry: false });
  if (!log || log.size === 0 || (body && body.size > 0)) return;
  throw new AppError('ledger-unusable', {
    details: `${path} is empty or gone, but its log ${path}-wal is not; put the file back.`,
  });
}

function openFull(path: string, normal: DatabaseSync): DatabaseSync {
  try {
    const full = new DatabaseSync(path);
    // On macOS a plain fsync stops at the drive's cache; elsewhere this changes nothing.
    full.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    return full;
  } catch (error) {
    normal.close();
    throw error;
  }
}
