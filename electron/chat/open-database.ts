/** Opens the conversations file, sets a damaged one aside, and brings an old one up to date. */
import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../platform/app-error.ts';
import { sqliteError } from './sqlite-error.ts';
import { migration001 } from './migrations/001-conversations.ts';

/** In order; a file's `user_version` says how many it has had. Never edited once released. */
const MIGRATIONS: readonly string[] = [migration001];

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Where the damaged file went, if there was one. */
  readonly damagedKeptAs: string | null;
}

/**
 * @param nowMs names the copy of a damaged file, so that a second damage does not overwrite the first.
 * @throws AppError `disk-full` or `data-folder-unusable`; a file from a newer Lull is refused, never changed.
 */
export function openDatabase(path: string, nowMs: number): OpenedDatabase {
  try {
    return { database: openAndMigrate(path), damagedKeptAs: null };
  } catch (error) {
    const failure = sqliteError(error);
    if (failure.code !== 'store-corrupt') throw failure;
    const damagedKeptAs = setAside(path, nowMs);
    return { database: openAndMigrate(path), damagedKeptAs };
  }
}

function openAndMigrate(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    // quick_check reads the whole file, so that damage is met here and not in the middle of a chat.
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw new AppError('store-corrupt');
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON',
    );
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > MIGRATIONS.length) {
    throw new AppError('data-folder-unusable', {
      details: `${path} was written by a newer version of Lull; update Lull to read it.`,
    });
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
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
