/** The states of the owner's conversations that an engine left on the disk. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { STATES_FOLDER } from '../engine/prefix-store-open.ts';

/** Removes them all; an engine that runs finds them gone and reads the prompt instead. */
export async function removeSavedStates(cacheFolder: string): Promise<void> {
  const folder = path.join(cacheFolder, STATES_FOLDER);
  // Nothing was ever saved where there is no folder.
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => rm(path.join(folder, name), { force: true })));
}
