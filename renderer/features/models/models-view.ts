/** Which model stands where on the screen. */
import type { Models, OfferedModel } from '../../../electron/ipc/models.ts';
import type { ModelInfo, Snapshot } from '../../../electron/ipc/snapshot.ts';

/** Files that are being copied have ids of their own, and cannot be paused. */
export function isCopy({ id }: Pick<OfferedModel, 'id'>): boolean {
  return id.startsWith('copy:');
}

/** Whether it was chosen for Lull, and not found by its owner. */
function isOfCatalogue({ id }: OfferedModel): boolean {
  return !id.startsWith('found:') && !id.startsWith('copy:');
}

export function catalogueOf({ offered }: Models): readonly OfferedModel[] {
  return offered.filter(isOfCatalogue);
}

/** Found ones and copies that are not here yet. */
export function ownOnTheWay({ offered }: Models): readonly OfferedModel[] {
  return offered.filter((offer) => !isOfCatalogue(offer) && offer.modelId === null);
}

/** The one to begin with; null once a real model is in use, or none would do. */
export function recommendedOf({ model, models }: Snapshot): OfferedModel | null {
  const offer = catalogueOf(models).find(({ isRecommended }) => isRecommended) ?? null;
  if (!offer || model.current?.isStarter === false) return null;
  const hasAnother = model.known.some(({ id, isStarter }) => !isStarter && id !== offer.modelId);
  return hasAnother ? null : offer;
}

/** Whether its file lies in the folder in which Lull may delete. */
export function isInFolder({ path }: Pick<ModelInfo, 'path'>, folder: string): boolean {
  if (folder === '' || !path.startsWith(folder)) return false;
  return /^[\\/][^\\/]+$/.test(path.slice(folder.length));
}
