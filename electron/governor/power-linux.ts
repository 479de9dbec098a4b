/** Reads where the power comes from on Linux, which the desktop framework cannot: from sysfs. */
import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { drop } from '../platform/drop.ts';
import type { Log } from '../platform/log.ts';
import { powerOf, type PowerVerdict, type Supply } from './power-supply.ts';
import type { PowerReadings, Source } from './sensors.ts';

export const SYSFS_POWER = '/sys/class/power_supply';

export interface LinuxPowerOptions {
  readonly root: string;
  /** Reads one short file, or rejects. */
  readonly readText: (file: string) => Promise<string>;
  /** Supplies that have not answered by then count as unknown. */
  readonly limitMs: number;
}

const DEFAULTS: LinuxPowerOptions = { root: SYSFS_POWER, readText: readShort, limitMs: 1_000 };
/** Nobody plugs faster than that, and each look costs a few reads. */
const SLOWEST_NEED_MS = 2_000;
/** Values in sysfs are words and numbers. */
const MOST_BYTES = 128;
const TOO_SLOW = 'the system’s power supplies do not answer';
const UNLISTED = 'the system’s power supplies cannot be listed';
const NOTHING_YET: PowerReadings = {
  power: null,
  unknownPower: 'the power supplies have not been read yet',
};
/** What disappeared while it was being read: a plug was pulled. */
const GONE = new Set(['ENOENT', 'ENODEV', 'ENXIO', 'ENOTDIR']);

export function createLinuxPower(
  ports: { readonly clock: Clock; readonly log: Log },
  options: Partial<LinuxPowerOptions> = {},
): Source<PowerReadings> {
  const { clock, log } = ports;
  const { root, readText, limitMs } = { ...DEFAULTS, ...options };
  const listeners = new Set<() => void>();
  let last = NOTHING_YET;
  let interval: { readonly everyMs: number; readonly stop: () => void } | null = null;
  /** A read that hangs is never joined by a second one: each would take a thread for good. */
  let scanning: Promise<PowerVerdict> | null = null;

  const scan = async (): Promise<PowerVerdict> => {
    try {
      return powerOf(await readSupplies(root, readText));
    } catch (error) {
      log.warn('the power supplies cannot be listed', { error });
      return { value: null, source: UNLISTED };
    } finally {
      scanning = null;
    }
  };

  const ask = (): Promise<PowerVerdict> =>
    new Promise((resolve) => {
      const stopTimer = clock.after(limitMs, () => {
        resolve({ value: null, source: TOO_SLOW });
      });
      scanning ??= scan();
      void scanning.then((verdict) => {
        stopTimer();
        resolve(verdict);
      });
    });

  const readingOf = ({ value, source }: PowerVerdict): PowerReadings =>
    value === null
      ? { power: null, unknownPower: source }
      : { power: { value, source, atMs: clock.monotonicMs() }, unknownPower: null };

  const update = async (): Promise<void> => {
    const next = readingOf(await ask());
    // Whoever stopped watching meanwhile wants nothing kept.
    if (interval === null) return;
    const hasChanged = next.power?.value !== last.power?.value;
    last = next;
    if (hasChanged) for (const listener of listeners) listener();
  };
  const updateSoon = (): void => {
    drop(update(), 'reading the power supplies', log);
  };

  return {
    read: () => last,
    look: async () => readingOf(await ask()),
    watch(intervalMs) {
      const everyMs = intervalMs === null ? null : Math.max(intervalMs, SLOWEST_NEED_MS);
      if (everyMs === (interval?.everyMs ?? null)) return;
      interval?.stop();
      interval = everyMs === null ? null : { everyMs, stop: clock.every(everyMs, updateSoon) };
      if (everyMs !== null) updateSoon();
      else last = NOTHING_YET;
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

async function readSupplies(
  root: string,
  readText: LinuxPowerOptions['readText'],
): Promise<readonly Supply[]> {
  const names = await readdir(root).catch((error: unknown) => {
    // Kernels for machines that never have a battery leave the folder out.
    if (isGone(error)) return [];
    throw error;
  });
  const supplies = await Promise.all(
    names.sort().map((name) => readSupply(path.join(root, name), name, readText)),
  );
  return supplies.filter((supply) => supply !== null);
}

/** @returns null for one that is not there any more */
async function readSupply(
  folder: string,
  name: string,
  readText: LinuxPowerOptions['readText'],
): Promise<Supply | null> {
  /** `absent` when the supply has no such value, null when it has and it cannot be read. */
  const value = async (file: string, absent: string | null): Promise<string | null> => {
    try {
      const text = (await readText(path.join(folder, file))).trim();
      return text === '' ? null : text;
    } catch (error) {
      return isGone(error) ? absent : null;
    }
  };
  const [type, scope, online, status] = await Promise.all([
    value('type', ''),
    value('scope', 'System'),
    value('online', null),
    value('status', null),
  ]);
  if (type === '') return null;
  // Programmable adapters say 2.
  return { name, type, scope, status, online: online === null ? null : online !== '0' };
}

/** Without waiting for a writer: opening a pipe that nobody feeds would otherwise block a thread for ever. */
async function readShort(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && GONE.has(String(error.code));
}
