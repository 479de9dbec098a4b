/** Makes folders for the account to write to; what lies inside one, root never touches. */
import { accessSync, constants, lchownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Its parent has to be a folder that the account cannot change. A link or another owner's folder in
 * its place is taken away, because the account could have laid links into its own for root to follow.
 * @param {import('./account.mjs').Account | null} account null for whoever runs this
 * @param {string} folder
 */
export function giveTo(account, folder) {
  if (account === null) {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return;
  }
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() && found.uid === account.uid) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  mkdirSync(folder);
  lchownSync(folder, account.uid, account.gid);
}
