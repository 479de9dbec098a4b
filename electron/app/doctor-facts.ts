/** Looks at what the snapshot does not hold: the data folder, and what the sensors read. */
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import type { DoctorFacts } from './doctor-checks.ts';

/** @param isAsked whether the owner wants to know now: then nothing is taken from memory */
export type GatherFacts = (isAsked: boolean) => Promise<DoctorFacts>;

export interface FactsPorts {
  readonly dataFolder: string;
  readonly opensEndpoint: boolean;
  /** As the governor reads them. */
  readonly sensors: () => DoctorFacts['sensors'] | Promise<DoctorFacts['sensors']>;
  readonly clock: Clock;
}

/** How long what was seen of the disk holds, when nobody asks. */
const KEEP_MS = 300_000;

export function createDoctorFacts(ports: FactsPorts): GatherFacts {
  const { dataFolder, opensEndpoint, sensors, clock } = ports;
  let seen: { readonly folder: DoctorFacts['dataFolder']; readonly atMs: number } | null = null;

  return async (isAsked) => {
    const nowMs = clock.monotonicMs();
    if (isAsked || seen === null || nowMs - seen.atMs > KEEP_MS) {
      seen = { folder: await lookAtFolder(dataFolder), atMs: nowMs };
    }
    return { dataFolder: seen.folder, opensEndpoint, sensors: await sensors() };
  };
}

/** Permissions alone do not tell: the disk may be full or mounted read-only. */
async function lookAtFolder(folder: string): Promise<DoctorFacts['dataFolder']> {
  const freeBytes = await freeSpace(folder);
  const file = join(folder, `doctor-${process.pid}.part`);
  try {
    await writeFile(file, 'Lull', { mode: 0o600 });
    const text = await readFile(file, 'utf8');
    return { fault: text === 'Lull' ? null : 'what was written was not read back', freeBytes };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error), freeBytes };
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function freeSpace(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // A folder that is not there; the check of writing names it.
    return null;
  }
}
