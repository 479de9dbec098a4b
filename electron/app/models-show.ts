/** Keeps the window's picture of models up to date: a few times a second at most, and only when something changed. */
import type { Hub } from '../hub/hub.ts';
import type { Models } from '../ipc/models.ts';
import type { FailureText } from '../ipc/result.ts';
import type { DownloadEntry } from '../models/download-ports.ts';
import type { ModelLibrary } from '../models/library.ts';
import type { ModelFolder } from '../models/model-folder.ts';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import type { Calibrations } from './models-calibration.ts';
import { lookAtDisk, partsOf } from './models-disk.ts';
import type { Machine } from './models-hardware.ts';
import type { Offers } from './models-offers.ts';
import type { ModelShapes } from './models-shapes.ts';
import { knownFits, offersView, type CopyUnderWay, type FitFacts } from './models-view.ts';
import type { OpenSettings } from './open-settings.ts';

export interface ModelsShowPorts {
  readonly hub: Pick<Hub, 'dispatch'>;
  readonly library: Pick<ModelLibrary, 'known'>;
  readonly settings: Pick<OpenSettings, 'current'>;
  readonly offers: Offers;
  readonly folder: ModelFolder;
  readonly shapes: ModelShapes;
  readonly calibrations: () => Calibrations;
  readonly machine: () => Machine;
  readonly downloads: () => readonly DownloadEntry[];
  readonly copies: () => readonly CopyUnderWay[];
  readonly packs: () => Models['packs'];
  /** Finished ones that turned out to be of no use, by id. */
  readonly failures: ReadonlyMap<string, FailureText>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ModelsShow {
  facts(): FitFacts;
  /** Something else is to be seen. */
  changed(): void;
  /** Shows it before anybody looks. */
  now(): void;
  /** Files came or went as well. */
  changedOnDisk(): void;
  /** As they were shown last. */
  leftovers(): Models['disk']['leftovers'];
  /** Looks at the folder now. @throws AppError */
  look(): Promise<Models['disk']>;
  dispose(): void;
}

/** As often as anybody sees. */
const SHOW_EVERY_MS = 250;
/** A running download fills the disk; the folder is looked at again so much later. */
const LOOK_EVERY_MS = 5_000;

export function createModelsShow(ports: ModelsShowPorts): ModelsShow {
  const { hub, library, settings, offers, folder, clock, log } = ports;
  let disk: Models['disk'] = { folder: folder.path, usedBytes: 0, freeBytes: 0, leftovers: [] };
  let lastLookMs = -Infinity;
  let shown = '';
  let stopWaiting: (() => void) | null = null;
  let isDisposed = false;

  function facts(): FitFacts {
    return {
      machine: ports.machine(),
      measured: ports.calibrations().measured(),
      kvType: settings.current().engine.kvType,
    };
  }

  function view(): Models {
    const known = library.known();
    const all = facts();
    const failure = offers.failure();
    return {
      offered: offersView({
        ...all,
        catalogue: offers.catalogue(),
        found: offers.found(),
        downloads: ports.downloads(),
        copies: ports.copies(),
        failures: ports.failures,
        known,
        placeOf: folder.placeOf,
      }),
      fits: knownFits(known, ports.shapes.cacheBytes, all),
      packs: ports.packs(),
      calibration: ports.calibrations().view(),
      disk,
      limitBytesPerSecond: settings.current().downloads.limitBytesPerSecond,
      failure: failure && failureText(failure),
    };
  }

  function show(): void {
    stopWaiting = null;
    if (clock.monotonicMs() - lastLookMs >= LOOK_EVERY_MS) lookSoon();
    const next = view();
    const text = JSON.stringify(next);
    if (text === shown) return;
    shown = text;
    hub.dispatch({ type: 'offers-changed', change: next });
  }

  function changed(): void {
    if (!isDisposed) stopWaiting ??= clock.after(SHOW_EVERY_MS, show);
  }

  async function look(): Promise<Models['disk']> {
    lastLookMs = clock.monotonicMs();
    const useless = [...offers.catalogue(), ...offers.found()].filter(({ id }) =>
      ports.failures.has(id),
    );
    const known = library.known();
    // Also those that are on the list and were not read yet, or cannot be read now.
    const listed = [...settings.current().modelPaths, ...known.map(({ path }) => path)];
    const ours = await folder.namesOf(listed);
    disk = await lookAtDisk(folder, {
      known,
      kept: [...useless.map(({ fileName }) => fileName), ...ours.flatMap(partsOf)],
      downloads: ports.downloads(),
      copying: ports.copies().map(({ fileName }) => fileName),
    });
    changed();
    return disk;
  }

  function lookSoon(): void {
    drop(look(), 'looking at the folder of models', log);
  }

  return {
    facts,
    changed,
    now() {
      if (isDisposed) return;
      stopWaiting?.();
      show();
    },
    changedOnDisk() {
      lookSoon();
      changed();
    },
    leftovers: () => disk.leftovers,
    look,
    dispose() {
      isDisposed = true;
      stopWaiting?.();
    },
  };
}
