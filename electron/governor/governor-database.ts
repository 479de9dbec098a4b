/** Opens the file of what the governor remembers; a damaged one is set aside, because it is no money. */
import { openOrSetAside, type OpenedDatabase } from '../platform/open-database.ts';
import { migration001 } from './migrations/001-stretches.ts';

/**
 * @param nowMs names the copy of a damaged file
 * @throws AppError `disk-full` or `data-folder-unusable`
 */
export function openGovernorDatabase(path: string, nowMs: number): OpenedDatabase {
  return openOrSetAside(path, { migrations: [migration001], synchronous: 'NORMAL' }, nowMs);
}
