/** Whether somebody else is at work on our card, from one sample of it to the next. */
import type { GovernorSettings } from '../ipc/governor.ts';
import { FOREIGN, STALE_MS } from './policy.ts';
import type { Cause } from './senses-latches.ts';
import { known } from './senses.ts';
import type { GpuReading, Reading } from './sensors.ts';

/** Plain data; only kept while the card is asked. */
export interface Foreign {
  /** Time of the newest sample. */
  readonly sampleMs: number | null;
  /** Samples in a row with foreign load. */
  readonly busySamples: number;
  /** The least foreign memory since the card is asked. */
  readonly baseBytes: number | null;
}

export interface ForeignSeen {
  readonly next: Foreign;
  readonly cause: Cause;
}

const NOTHING_SEEN: Foreign = { sampleMs: null, busySamples: 0, baseBytes: null };

/** @param isOursIdle nothing of ours computes on it, so that all load is somebody else's */
export function observeForeign(
  before: Foreign | null,
  reading: Reading<GpuReading> | null,
  isOursIdle: boolean,
  nowMs: number,
  settings: GovernorSettings,
): ForeignSeen {
  const seen = before ?? NOTHING_SEEN;
  const card = known(reading, STALE_MS.gpus, nowMs);
  if (reading === null || card === null) return { next: seen, cause: 'unclear' };
  const load = card.foreignLoadPercent ?? (isOursIdle ? card.loadPercent : null);
  const isNew = reading.atMs !== seen.sampleMs;
  const bytes = finite(card.foreignMemoryBytes);
  const next: Foreign = {
    sampleMs: reading.atMs,
    busySamples: isNew ? countBusy(seen.busySamples, load) : seen.busySamples,
    baseBytes: bytes === null ? seen.baseBytes : Math.min(seen.baseBytes ?? bytes, bytes),
  };
  const isAllowed = card.foreignApp !== null && isListed(card.foreignApp, settings.allowedApps);
  return { next, cause: isAllowed ? null : causeOf(next, card, load) };
}

/** Whether a program is on a list, however its owner spelled it. */
export function isListed(app: string, list: readonly string[]): boolean {
  return list.some((each) => plainName(each) === plainName(app));
}

function plainName(app: string): string {
  return app
    .trim()
    .toLowerCase()
    .replace(/\.exe$/, '');
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function countBusy(before: number, load: number | null): number {
  const [busy, calm] = FOREIGN.loadPercent;
  if (load === null || load < calm) return 0;
  return load >= busy ? Math.min(before + 1, FOREIGN.samples) : before;
}

function causeOf(
  { busySamples, baseBytes }: Foreign,
  card: GpuReading,
  load: number | null,
): Cause {
  const [many, few] = FOREIGN.moreBytes;
  const moreBytes = (card.foreignMemoryBytes ?? 0) - (baseBytes ?? card.foreignMemoryBytes ?? 0);
  const who = card.foreignApp ?? 'another program';
  if (busySamples >= FOREIGN.samples) return { detail: `${who}, ${Math.round(load ?? 0)} %` };
  if (moreBytes > many) return { detail: `${who}, ${Math.round(moreBytes / 1e6)} MB` };
  return busySamples > 0 || moreBytes > few ? 'unclear' : null;
}
