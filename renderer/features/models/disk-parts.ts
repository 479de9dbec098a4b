/** What models take on the disk, part by part, as wide as each stands in the picture. */
import type { Models } from '../../../electron/ipc/models.ts';
import type { ModelInfo } from '../../../electron/ipc/snapshot.ts';
import { isInFolder } from './models-view.ts';

export interface DiskPart {
  readonly key: 'models' | 'unfinished' | 'leftovers' | 'free';
  readonly name: string;
  readonly bytes: number;
}

/** Parts that are nothing are left out, but for models and free space. */
export function diskParts(
  { folder, usedBytes, freeBytes, leftovers }: Models['disk'],
  known: readonly ModelInfo[],
): readonly DiskPart[] {
  const own = known.filter((model) => isInFolder(model, folder));
  const modelBytes = Math.min(usedBytes, sum(own));
  const leftBytes = Math.min(usedBytes - modelBytes, sum(leftovers));
  const parts: readonly DiskPart[] = [
    { key: 'models', name: 'Models', bytes: modelBytes },
    { key: 'unfinished', name: 'Unfinished downloads', bytes: usedBytes - modelBytes - leftBytes },
    { key: 'leftovers', name: 'Leftovers', bytes: leftBytes },
    { key: 'free', name: 'Free on this disk', bytes: freeBytes },
  ];
  return parts.filter(({ key, bytes }) => bytes > 0 || key === 'models' || key === 'free');
}

function sum(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((all, { sizeBytes }) => all + sizeBytes, 0);
}
