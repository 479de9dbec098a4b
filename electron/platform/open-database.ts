/** Opens a SQLite file: checked, in WAL mode, and brought up to date. */
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from './app-error.ts';
import { sqliteError } from './sqlite-error.ts';

export interface DatabaseOptions {
  /** In order; a file's `user_version` says how many it has had. Never edited once released. */
  readonly migrations: readonly string[];
  /** NORMAL survives a crash of Lull, FULL a power cut as well. */
  readonly synchronous: 'NORMAL' | 'FULL';
}

const OWNER_ONLY = 0o600;
/** SQLite's name for a database without a file. */
const IN_MEMORY = ':memory:';

/**
 * @throws AppError `store-corrupt`, `disk-full` or `data-folder-unusable`; a file from a newer Lull is refused, never
 * changed.
 */
export function openDatabase(path: string, options: DatabaseOptions): DatabaseSync {
  try {
    return openAndMigrate(path, options);
  } catch (error) {
    throw sqliteError(error);
  }
}

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Where the damaged file went, if there was one. */
  readonly damagedKeptAs: string | null;
}

/**
 * The same, but a damaged file is set aside and a new one begun: for what a person can do without.
 * @param nowMs names the copy of a damaged file, so that a second damage does not overwrite the first.
 * @throws AppError `disk-full` or `data-folder-unusable`
 */
export function openOrSetAside(
  path: string,
  options: DatabaseOptions,
  nowMs: number,
): OpenedDatabase {
  try {
    return { database: openDatabase(path, options), damagedKeptAs: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store-corrupt') throw error;
    const damagedKeptAs = setAside(path, nowMs);
    return { database: openDatabase(path, options), damagedKeptAs };
  }
}

function openAndMigrate(path: string, { migrations, synchronous }: DatabaseOptions): DatabaseSync {
  makeReadableByOwnerOnly(path);
  const database = new DatabaseSync(path);
  try {
    // quick_check reads the whole file, so that damage is met here and not in the middle of the work.
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw new AppError('store-corrupt');
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON`,
    );
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whoever chose the data folder may have let others look into it. SQLite makes its other files with this one's modes. */
function makeReadableByOwnerOnly(path: string): void {
  if (path === IN_MEMORY) return;
  try {
    closeSync(openSync(path, 'a', OWNER_ONLY));
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    const details = error instanceof Error ? error.message : String(error);
    throw new AppError(isFull ? 'disk-full' : 'data-folder-unusable', { details, cause: error });
  }
}

function migrate(database: DatabaseSync, path: string, migrations: readonly string[]): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > migrations.length) {
    throw new AppError('data-folder-unusable', {
      details: `${path} was written by a newer version of Lull; update Lull to read it.`,
    });
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function setAside(path: string, nowMs: number): string {
  const keptAs = `${path}.damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, keptAs + suffix);
  }
  return keptAs;
}
