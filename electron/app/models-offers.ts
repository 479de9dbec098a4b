/** The models that can be had: those of the catalogue, and those that were found on the hub and put on the list. */
import { join } from 'node:path';
import { z } from 'zod';
import { readCatalogue } from '../models/catalogue.ts';
import type { DownloadJob } from '../models/download-ports.ts';
import { hubFileSchema, type HubFile } from '../models/hub-messages.ts';
import { foundId, offerOf, offerOfFound, type Offer } from '../models/offer.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';

/** More than anybody tries. */
const MAX_FOUND = 50;

const savedSchema = z
  .array(z.strictObject({ file: hubFileSchema, fileName: z.string().min(1).max(200) }))
  .max(MAX_FOUND)
  .readonly();

export interface Offers {
  catalogue(): readonly Offer[];
  found(): readonly Offer[];
  /** Why there is no catalogue; null when there is one. */
  failure(): AppError | null;
  /** @throws AppError `not-found` */
  get(id: string): Offer;
  /** Puts a found one on the list, or returns the one that is there. @throws the system's error when it cannot be saved */
  add(file: HubFile, fileName: string): Offer;
  isFound(id: string): boolean;
  /** Takes a found one off the list. @throws the system's error when it cannot be saved */
  drop(id: string): void;
}

export interface OffersConfig {
  /** Holds the catalogue. */
  readonly resourceFolder: string;
  /** The file in which found ones are kept. */
  readonly path: string;
  /** Of the catalogue's publisher; for a test, its own. */
  readonly publicKey?: string;
}

export function openOffers(config: OffersConfig, log: Log): Offers {
  const store = jsonFile({
    path: config.path,
    schema: savedSchema,
    fallback: [],
    onDamaged: (keptAs) => {
      log.warn('the list of found models was damaged', { keptAs });
    },
  });
  const { catalogue, failure } = readOffers(config);
  let saved = store.read();
  const found = (): readonly Offer[] => saved.map((each) => offerOfFound(each.file, each.fileName));
  const save = (next: typeof saved): void => {
    store.write(next);
    saved = next;
  };
  return {
    catalogue: () => catalogue,
    found,
    failure: () => failure,
    get(id) {
      const offer = [...catalogue, ...found()].find((each) => each.id === id);
      if (!offer) throw new AppError('not-found');
      return offer;
    },
    add(file, fileName) {
      const there = found().find(({ id }) => id === foundId(file));
      if (there) return there;
      if (saved.length >= MAX_FOUND) {
        throw new AppError('bad-request', { details: 'Remove one of the found models first.' });
      }
      save([...saved, { file, fileName }]);
      return offerOfFound(file, fileName);
    },
    isFound: (id) => saved.some(({ file }) => foundId(file) === id),
    drop(id) {
      save(saved.filter(({ file }) => foundId(file) !== id));
    },
  };
}

/**
 * Whether somebody can see a saved download, and stop it: not one of a catalogue that has changed, or of a folder
 * that was moved.
 */
export function isOffered(
  { id, destination }: Pick<DownloadJob, 'id' | 'destination'>,
  offers: Pick<Offers, 'catalogue' | 'found'>,
  folder: string,
): boolean {
  return [...offers.catalogue(), ...offers.found()].some(
    (offer) => offer.id === id && join(folder, offer.fileName) === destination,
  );
}

function readOffers({ resourceFolder, publicKey }: OffersConfig): {
  readonly catalogue: readonly Offer[];
  readonly failure: AppError | null;
} {
  try {
    return { catalogue: readCatalogue(resourceFolder, publicKey).map(offerOf), failure: null };
  } catch (error) {
    return { catalogue: [], failure: toAppError(error) };
  }
}
