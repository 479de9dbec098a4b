/** What models take on the disk, and what lies among them that belongs to none. */
import { basename } from 'node:path';
import type { Models } from '../ipc/models.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { isUnfinishedFile } from '../models/download-files.ts';
import type { DownloadEntry } from '../models/download-ports.ts';
import type { FolderFile, ModelFolder } from '../models/model-folder.ts';
import { partCount, partPath } from '../models/part-names.ts';

export interface DiskFacts {
  readonly known: readonly ModelInfo[];
  /** Names of other files that are somebody's: of the list, or of downloads that turned out to be of no use. */
  readonly kept: readonly string[];
  readonly downloads: readonly Pick<DownloadEntry, 'job'>[];
  /** Copies under way. */
  readonly copying: readonly string[];
}

type LookedAt = Pick<ModelFolder, 'path' | 'holds' | 'files' | 'freeBytes'>;

export async function lookAtDisk(folder: LookedAt, facts: DiskFacts): Promise<Models['disk']> {
  const files = await folder.files();
  const usedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const isWanted = wantedIn(folder, facts);
  return {
    folder: folder.path,
    usedBytes,
    freeBytes: await folder.freeBytes(),
    leftovers: files.filter((file) => isOfOurs(file) && !isWanted(file)).slice(0, MOST_LEFTOVERS),
  };
}

/** The rest comes to be seen once these are gone. */
const MOST_LEFTOVERS = 500;

/** Lull gives no file such a name, and deletes none that has one. */
function isOfOurs({ name }: FolderFile): boolean {
  return !/[\\:]/.test(name);
}

function wantedIn(folder: LookedAt, facts: DiskFacts): (file: FolderFile) => boolean {
  const own = facts.known.flatMap(({ path }) => (folder.holds(path) ? partsOf(path) : []));
  const names = new Set([...own, ...facts.kept]);
  return ({ name }) =>
    names.has(name) ||
    facts.copying.some((each) => name.startsWith(each)) ||
    facts.downloads.some(
      ({ job }) =>
        folder.holds(job.destination) &&
        (basename(job.destination) === name || isUnfinishedFile(job.destination, name)),
    );
}

/** Names of all files of a model that may be split. */
export function partsOf(path: string): readonly string[] {
  const count = partCount(path);
  return Array.from({ length: count }, (_none, index) =>
    basename(index === 0 ? path : (partPath(path, index, count) ?? path)),
  );
}
