/** Opens the file of the conversations; a damaged one is set aside, because chatting must go on. */
import { openOrSetAside, type OpenedDatabase } from '../platform/open-database.ts';
import { migration001 } from './migrations/001-conversations.ts';

/**
 * @param nowMs names the copy of a damaged file
 * @throws AppError `disk-full` or `data-folder-unusable`
 */
export function openChats(path: string, nowMs: number): OpenedDatabase {
  return openOrSetAside(path, { migrations: [migration001], synchronous: 'NORMAL' }, nowMs);
}
