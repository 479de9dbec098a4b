/** Fetches, unpacks and removes packs for the owner, and has the computer tested again whenever that changes something. */
import { rm } from 'node:fs/promises';
import type { Models } from '../ipc/models.ts';
import type { FailureText } from '../ipc/result.ts';
import { findCuda, systemFiles, type CudaFound } from '../models/cuda-runtime.ts';
import type { DownloadEntry, DownloadJob, Downloads } from '../models/download-ports.ts';
import {
  clearPacks,
  hasTarball,
  installedPacks,
  removePack,
  tarballPath,
} from '../models/pack-folder.ts';
import { installPack } from '../models/pack-install.ts';
import { CUDA_PACK_ID, cudaPins, type PackPin } from '../models/packs.ts';
import { AppError, toAppError } from '../platform/app-error.ts';
import type { SpawnChild } from '../platform/child.ts';
import { drop } from '../platform/drop.ts';
import { failureText } from '../platform/failure-text.ts';
import type { Log } from '../platform/log.ts';
import { jobId, packsView, pinsHere, whyNotOffered } from './models-packs-view.ts';

/** Which packs there are for this computer, and whether it could use them. */
export interface PackSource {
  readonly pins: readonly PackPin[];
  readonly look: () => CudaFound;
}

export interface PacksPorts {
  /** Where they lie. */
  readonly folder: string;
  readonly source: PackSource;
  readonly spawn: SpawnChild;
  readonly downloads: () => Downloads;
  /** Those under way, without opening the list for that. */
  readonly underWay: () => readonly DownloadEntry[];
  /** What the last test says of CUDA. */
  readonly tested: () => string | null;
  /** Ends the engine process, which may have files of a pack open. */
  readonly restartEngine: () => Promise<void>;
  readonly probeAgain: () => void;
  /** Resolves when no test is under way: whoever waits for that one must not find it stopped. */
  readonly prepared: () => Promise<void>;
  readonly onChange: () => void;
  readonly log: Log;
}

export interface Packs {
  /** Looks what is here, and goes on with what an earlier run left. */
  start(): void;
  view(): Models['packs'];
  owns(id: string): boolean;
  /** @throws AppError `not-found`, or `bad-request` with the reason why it is not offered */
  download(id: string): Promise<void>;
  pause(id: string): void;
  /** Deletes it, and what has arrived of it. @throws AppError */
  remove(id: string): Promise<void>;
  /** @returns whether the finished download is a pack's; it is unpacked then */
  takeIn(job: DownloadJob): boolean;
  dispose(): Promise<void>;
}

export function systemPacks(): PackSource {
  return {
    pins: cudaPins(process.platform, process.arch),
    look: () => findCuda(systemFiles),
  };
}

export function createPacks(ports: PacksPorts): Packs {
  const { folder, source, spawn, downloads, onChange, log } = ports;
  const { pins } = source;
  const failures = new Map<string, FailureText>();
  const unpacking = new Map<string, Promise<void>>();
  let installed: ReadonlySet<string> = new Set();
  let found: CudaFound = { hasCard: false, runtime: null };
  let abort = new AbortController();
  let cleared: Promise<void> = Promise.resolve();
  let isDisposed = false;

  function look(): void {
    found = source.look();
    installed = new Set(Object.keys(installedPacks(folder, pins)));
    onChange();
  }

  function check(id: string): void {
    if (id !== CUDA_PACK_ID || pins.length === 0) throw new AppError('not-found');
  }

  function jobOf(pin: PackPin): DownloadJob {
    const { url, sizeBytes, sha256 } = pin;
    const destination = tarballPath(folder, pin);
    return { id: jobId(pin), sources: [{ kind: 'https', url }], sizeBytes, sha256, destination };
  }

  /** What was fetched is unpacked again after a kill; what was unpacked needs its tarball no more. */
  async function resume(): Promise<void> {
    await clearPacks(folder, pins);
    for (const pin of pins) {
      if (!hasTarball(folder, pin)) continue;
      if (installed.has(pin.name)) await rm(tarballPath(folder, pin), { force: true });
      else downloads().start(jobOf(pin));
    }
  }

  async function unpack(pin: PackPin, signal: AbortSignal): Promise<void> {
    try {
      await cleared;
      await installPack(spawn, folder, pin, signal);
      await rm(tarballPath(folder, pin), { force: true });
    } catch (error) {
      if (signal.aborted) return;
      const { code } = toAppError(error);
      // It would be found wrong every time.
      if (code === 'download-damaged') await rm(tarballPath(folder, pin), { force: true });
      failures.set(pin.name, failureText(toAppError(error)));
      log.warn('a pack could not be unpacked', { name: pin.name, error });
    } finally {
      unpacking.delete(pin.name);
      look();
    }
    if (pinsHere({ pins, found }).every(({ name }) => installed.has(name))) testAgain();
  }

  function testAgain(): void {
    const again = ports.prepared().then(() => {
      if (!isDisposed) ports.probeAgain();
    });
    drop(again, 'testing the backends with other packs', log);
  }

  /** Resolves when nothing is being unpacked. */
  async function stopUnpacking(): Promise<void> {
    abort.abort();
    await Promise.all(unpacking.values());
    abort = new AbortController();
  }

  return {
    start() {
      if (pins.length === 0) return;
      look();
      cleared = resume().catch((error: unknown) => {
        log.warn('the folder of packs could not be tidied up', { error });
      });
    },
    view: () =>
      packsView({
        pins,
        found,
        installed,
        unpacking: new Set(unpacking.keys()),
        failures,
        downloads: ports.underWay(),
        tested: ports.tested(),
      }),
    owns: (id) => id.startsWith('pack:'),
    async download(id) {
      check(id);
      look();
      const whyNot = whyNotOffered(found);
      if (whyNot !== null) throw new AppError('bad-request', { details: whyNot });
      await cleared;
      for (const pin of pinsHere({ pins, found })) {
        if (installed.has(pin.name) || unpacking.has(pin.name)) continue;
        failures.delete(pin.name);
        downloads().start(jobOf(pin));
      }
    },
    pause(id) {
      check(id);
      for (const pin of pins) downloads().pause(jobId(pin));
    },
    async remove(id) {
      check(id);
      await stopUnpacking();
      for (const pin of pins) await downloads().remove(jobId(pin));
      failures.clear();
      const wasInstalled = installed.size > 0;
      // A system that keeps open files from being moved would keep the pack.
      if (wasInstalled) await ports.restartEngine();
      try {
        for (const pin of pins) await removePack(folder, pin);
      } catch (error) {
        throw toAppError(error);
      } finally {
        look();
        if (wasInstalled) testAgain();
      }
    },
    takeIn(job) {
      const pin = pins.find((each) => jobId(each) === job.id);
      if (!pin) return false;
      const work = unpack(pin, abort.signal);
      unpacking.set(pin.name, work);
      drop(work, 'unpacking a pack', log);
      onChange();
      return true;
    },
    async dispose() {
      isDisposed = true;
      await stopUnpacking();
    },
  };
}
