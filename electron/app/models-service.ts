/** Models that can be had: fetches, copies, removes and measures them for the owner. */
import type { Hub } from '../hub/hub.ts';
import type { FoundFile } from '../ipc/models.ts';
import type { FailureText } from '../ipc/result.ts';
import type { ModelInfo } from '../ipc/snapshot.ts';
import type { DownloadJob, Downloads, FinishedDownload } from '../models/download-ports.ts';
import type { HubClient } from '../models/hub-client.ts';
import type { HubFile } from '../models/hub-messages.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { ModelFolder } from '../models/model-folder.ts';
import type { ModelHashes } from '../models/model-sha256.ts';
import { foundId, jobOf, type Offer } from '../models/offer.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import type { Calibrations } from './models-calibration.ts';
import { createCopies } from './models-copies.ts';
import { partsOf } from './models-disk.ts';
import type { Machine } from './models-hardware.ts';
import type { Offers } from './models-offers.ts';
import type { Packs, PacksPorts } from './models-packs.ts';
import type { ModelShapes } from './models-shapes.ts';
import { createModelsShow } from './models-show.ts';
import { arrivedEntry, foundView } from './models-view.ts';
import type { OpenSettings } from './open-settings.ts';

export interface ModelsService {
  readonly folder: string;
  /** Begins to show them, once, and goes on with the downloads that an earlier run left. */
  start(): void;
  /** @throws AppError `not-found`, or why it cannot begin */
  download(id: string): Promise<void>;
  pause(id: string): void;
  /** An unfinished download, or a file in the folder, also by the model's own id. @throws AppError */
  remove(id: string): Promise<void>;
  /** @throws AppError `hub-unreachable` */
  search(text: string): Promise<FoundFile[]>;
  /** One of the last search's files. @throws AppError `not-found` */
  downloadFound(id: string): Promise<void>;
  /** Copies it into the folder and opens the copy. @throws AppError why not */
  importFile(path: string): Promise<ModelInfo>;
  /** @throws the system's error when it cannot be saved */
  setLimit(bytesPerSecond: number | null): void;
  /** Begins to measure the current model; while that goes on, ends it. */
  calibrate(): void;
  /** Deletes what belongs to no model. @throws AppError */
  cleanUp(): Promise<void>;
  dispose(): Promise<void>;
}

export interface ModelsServicePorts {
  readonly hub: Hub;
  readonly library: ModelLibrary;
  readonly settings: OpenSettings;
  readonly offers: Offers;
  readonly folder: ModelFolder;
  readonly hubClient: HubClient;
  readonly hashes: ModelHashes;
  readonly shapes: ModelShapes;
  readonly makePacks: (needs: Pick<PacksPorts, 'downloads' | 'underWay' | 'onChange'>) => Packs;
  readonly makeCalibrations: (onChange: () => void) => Calibrations;
  /** Goes on with what an earlier run left. */
  readonly openDownloads: () => Downloads;
  readonly machine: () => Machine;
  readonly clock: Clock;
  readonly log: Log;
}

export function createModelsService(ports: ModelsServicePorts): ModelsService {
  const { hub, library, settings, offers, folder, clock, log } = ports;
  const failures = new Map<string, FailureText>();
  /** Whose file is there and is being looked at; until that is over nothing else may be said of it. */
  const taking = new Map<string, { readonly job: DownloadJob; readonly work: Promise<unknown> }>();
  const stops: (() => void)[] = [];
  let searched: readonly HubFile[] = [];
  let adding: Promise<unknown> = Promise.resolve();
  let opened: Downloads | null = null;
  let isStarted = false;
  const downloads = (): Downloads => (opened ??= open());
  const calibrations = ports.makeCalibrations(() => {
    show.changed();
  });
  const packs = ports.makePacks({
    downloads,
    underWay: () => opened?.list() ?? [],
    onChange: () => {
      show.changed();
    },
  });
  const show = createModelsShow({
    ...ports,
    failures,
    calibrations: () => calibrations,
    downloads: () => [
      ...(opened?.list() ?? []),
      ...[...taking.values()].map(({ job }) => arrivedEntry(job)),
    ],
    copies: () => copies.list(),
    packs: packs.view,
  });
  const copies = createCopies({
    folder,
    library,
    reserved: () => allOffers().map(({ fileName }) => fileName),
    onProgress: show.changed,
    onEnd: show.changedOnDisk,
  });
  const allOffers = (): readonly Offer[] => [...offers.catalogue(), ...offers.found()];

  function open(): Downloads {
    const all = ports.openDownloads();
    all.setLimit(settings.current().downloads.limitBytesPerSecond);
    const stopChange = all.onChange(show.changed);
    const stopDone = all.onDone((finished) => {
      if (packs.takeIn(finished.job)) return;
      const work = takeIn(finished);
      taking.set(finished.job.id, { job: finished.job, work });
      drop(work, 'taking in a downloaded model', log);
    });
    stops.push(stopChange, stopDone);
    return all;
  }

  /** What has arrived as promised may still be of no use. */
  async function takeIn({ job }: FinishedDownload): Promise<void> {
    try {
      await library.add(job.destination);
    } catch (error) {
      failures.set(job.id, failureText(toAppError(error)));
      log.warn('a downloaded model cannot be used', { error });
    } finally {
      taking.delete(job.id);
      show.changedOnDisk();
    }
  }

  async function begin(offer: Offer): Promise<void> {
    const { id } = offer;
    if (taking.has(id)) return;
    failures.delete(id);
    const destination = folder.placeOf(offer.fileName);
    const job = jobOf(offer, destination);
    const work = isThere(offer, destination)
      .then((isHere) => {
        if (!isHere) downloads().start(job);
      })
      .finally(() => taking.delete(id));
    taking.set(id, { job, work });
    // A large file takes a while to hash.
    show.changed();
    await work;
    show.changedOnDisk();
    show.now();
  }

  /**
   * It may have been fetched before and taken off the list: then the bytes need not come again.
   * @throws AppError `bad-request` when a model of the owner's has its place
   */
  async function isThere(offer: Offer, destination: string): Promise<boolean> {
    if (isTaken(offer, destination)) {
      const details = `Another model is in the folder as ${offer.fileName}: remove it first.`;
      throw new AppError('bad-request', { details });
    }
    if (library.known().some(({ path }) => path === destination)) return true;
    const file = (await folder.files()).find(({ name }) => name === offer.fileName);
    if (file?.sizeBytes !== offer.sizeBytes || offer.sha256 === null) return false;
    const version = `${String(clock.nowMs())} before it was taken in`;
    const model = { path: destination, version, isStarter: false };
    if ((await ports.hashes.sha256Of(model)) !== `0x${offer.sha256}`) return false;
    await library.add(destination);
    return true;
  }

  /** Whether a model that its owner put there lies where this one would. */
  function isTaken({ sizeBytes }: Offer, destination: string): boolean {
    const there = library.known().find(({ path }) => path === destination);
    return there !== undefined && there.sizeBytes !== sizeBytes;
  }

  async function removeFile(path: string): Promise<void> {
    if (library.known().some(({ id }) => id === path)) library.forget(path);
    for (const name of partsOf(path)) await folder.remove(name);
  }

  async function remove(id: string): Promise<void> {
    const model = library.known().find((each) => each.id === id);
    if (!model || model.isStarter) {
      const offer = offers.get(id);
      await Promise.allSettled([taking.get(id)?.work]);
      await downloads().remove(id);
      const place = folder.placeOf(offer.fileName);
      if (!isTaken(offer, place)) await removeFile(place);
      failures.delete(id);
      if (offers.isFound(id)) offers.drop(id);
    } else if (folder.holds(model.path)) {
      await removeFile(model.path);
      const found = offers.found().find(({ fileName }) => folder.placeOf(fileName) === model.path);
      if (found) offers.drop(found.id);
    } else {
      const details = 'Lull deletes only files in its own folder of models.';
      throw new AppError('bad-request', { details });
    }
  }

  /** A name that neither a file nor an offer has. */
  async function nameFor(file: HubFile): Promise<string> {
    const id = foundId(file);
    const there = offers.found().find((offer) => offer.id === id);
    if (there) return there.fileName;
    return folder.freeName(file.fileName, new Set(allOffers().map(({ fileName }) => fileName)));
  }

  /** One after the other, or two files of one name would be given the same place. */
  function addFound(file: HubFile): Promise<Offer> {
    const added = adding.then(async () => offers.add(file, await nameFor(file)));
    adding = added.catch(() => undefined);
    return added;
  }

  function learn(): void {
    const learning = ports.shapes.learn(library.known()).then((isNew) => {
      if (isNew) show.changed();
    });
    drop(learning, 'reading the shapes of models', log);
  }

  return {
    folder: folder.path,
    start() {
      if (isStarted) return;
      isStarted = true;
      downloads();
      packs.start();
      const stop = hub.onPatch(({ changes }) => {
        if (changes.model) {
          learn();
          show.changedOnDisk();
        } else if (changes.engine || changes.settings) show.changed();
      });
      stops.push(stop);
      learn();
      show.changedOnDisk();
    },
    async download(id) {
      if (packs.owns(id)) await packs.download(id);
      else await begin(offers.get(id));
      show.now();
    },
    pause(id) {
      if (packs.owns(id)) packs.pause(id);
      else if (!copies.stop(id)) downloads().pause(id);
      show.now();
    },
    async remove(id) {
      if (copies.stop(id)) return;
      if (packs.owns(id)) await packs.remove(id);
      else await remove(id);
      show.changedOnDisk();
      show.now();
    },
    async search(text) {
      searched = await ports.hubClient.search(text);
      const facts = show.facts();
      return searched.map((file) => foundView(file, facts));
    },
    async downloadFound(id) {
      const file = searched.find((each) => foundId(each) === id);
      if (!file) throw new AppError('not-found');
      await begin(await addFound(file));
    },
    importFile: copies.importFile,
    setLimit(bytesPerSecond) {
      settings.change({ downloads: { limitBytesPerSecond: bytesPerSecond } });
      downloads().setLimit(bytesPerSecond);
      show.now();
    },
    calibrate: calibrations.toggle,
    async cleanUp() {
      // What became a leftover meanwhile was not among those that the owner agreed to.
      const shown = new Set(show.leftovers().map(({ name }) => name));
      const { leftovers } = await show.look();
      for (const { name } of leftovers) if (shown.has(name)) await folder.remove(name);
      await show.look();
    },
    async dispose() {
      show.dispose();
      for (const stop of stops.splice(0)) stop();
      copies.dispose();
      calibrations.dispose();
      ports.hubClient.dispose();
      await packs.dispose();
      await opened?.dispose();
    },
  };
}
