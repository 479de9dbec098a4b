/** Wires what fetches, keeps and measures models for one node. */
import { join } from 'node:path';
import type { ModelInfo } from '../ipc/snapshot.ts';
import { createDownloads } from '../models/downloads.ts';
import {
  savedDownloadsSchema,
  type DownloadJob,
  type DownloadStore,
} from '../models/download-ports.ts';
import { createHubClient } from '../models/hub-client.ts';
import { AppError } from '../platform/app-error.ts';
import { createModelFolder } from '../models/model-folder.ts';
import { createModelHashes } from '../models/model-sha256.ts';
import type { Offer } from '../models/offer.ts';
import { tarballPath } from '../models/pack-folder.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Log } from '../platform/log.ts';
import type { LullNode, NodePorts } from './compose-node.ts';
import { createCalibrations } from './models-calibration.ts';
import { availableRam, machineOf } from './models-hardware.ts';
import { isOffered, openOffers, type Offers } from './models-offers.ts';
import { createPacks, systemPacks, type PackSource } from './models-packs.ts';
import { createModelsService, type ModelsService } from './models-service.ts';
import { openModelShapes } from './models-shapes.ts';
import type { Paths } from './paths.ts';

export interface ModelsConfig {
  readonly paths: Paths;
  readonly resourceFolder: string;
  /** Another model hub and another publisher of the catalogue, for a test. */
  readonly modelHub?: { readonly url: string; readonly publicKey: string };
  /** Other packs, for a test. */
  readonly packSource?: PackSource;
}

export function openModelOffers(
  { paths, resourceFolder, modelHub }: ModelsConfig,
  log: Log,
): Offers {
  const key = modelHub === undefined ? {} : { publicKey: modelHub.publicKey };
  return openOffers({ resourceFolder, path: paths.foundModels, ...key }, log);
}

/** Some files call themselves by a name that says nothing; the list from which they came does not. */
export function offeredName(offers: Offers, folder: string): (model: ModelInfo) => string | null {
  return ({ path, sizeBytes }) => {
    const isIt = (offer: Offer): boolean =>
      join(folder, offer.fileName) === path && offer.sizeBytes === sizeBytes;
    return offers.catalogue().find(isIt)?.name ?? null;
  };
}

export function composeModels(
  { paths, modelHub, packSource }: ModelsConfig,
  ports: NodePorts & {
    readonly offers: Offers;
    readonly node: Pick<
      LullNode,
      'hub' | 'library' | 'settings' | 'engine' | 'preparation' | 'restartEngine' | 'probeAgain'
    >;
  },
): ModelsService {
  const { node, log } = ports;
  const { hub, library, settings, engine, preparation } = node;
  const machine = () => machineOf(hub.snapshot().engine, availableRam());
  const folder = createModelFolder(paths.models);
  const source = packSource ?? systemPacks();
  const isKnown = (job: DownloadJob): boolean =>
    isPinned(job, source, paths.packs) || isOffered(job, ports.offers, folder.path);
  return createModelsService({
    ...ports,
    hub,
    library,
    settings,
    machine,
    folder,
    hubClient: createHubClient(ports, modelHub?.url),
    hashes: createModelHashes(paths.modelHashes, log),
    shapes: openModelShapes(paths.modelShapes, log),
    makePacks: (needs) =>
      createPacks({
        ...ports,
        ...needs,
        folder: paths.packs,
        source,
        tested: () =>
          hub.snapshot().engine.candidates.find(({ backend }) => backend === 'cuda')?.why ?? null,
        restartEngine: node.restartEngine,
        probeAgain: node.probeAgain,
        prepared: preparation.over,
      }),
    makeCalibrations: (onChange) =>
      createCalibrations(paths.calibration, {
        ...ports,
        engine,
        machine,
        onChange,
        async ready() {
          await preparation.ready();
          if (hub.snapshot().settings.engine.server === null) return;
          const details =
            'Another server answers at the moment, which says nothing about this computer.';
          throw new AppError('bad-request', { details });
        },
        current: library.current,
      }),
    openDownloads: () =>
      createDownloads({ ...ports, store: downloadStore(paths.downloads, isKnown, log) }),
  });
}

/** Not one of another version, which this Lull could not use. */
function isPinned({ destination }: DownloadJob, { pins }: PackSource, folder: string): boolean {
  return pins.some((pin) => tarballPath(folder, pin) === destination);
}

/** What can still be seen of an earlier run's list; the bytes of the rest stay, and are leftovers. */
function downloadStore(
  path: string,
  isKnown: (job: DownloadJob) => boolean,
  log: Log,
): DownloadStore {
  const file = jsonFile({
    path,
    schema: savedDownloadsSchema,
    fallback: [],
    onDamaged: (keptAs) => {
      log.warn('the list of downloads was damaged', { keptAs });
    },
  });
  return {
    read: () => file.read().filter(({ job }) => isKnown(job)),
    write: file.write,
  };
}
