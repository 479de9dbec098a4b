/** What the window shows of the governor, put together from what was measured and remembered. */
import type { GiveBack, GovernorSettings, Live, Stretch } from '../ipc/governor.ts';
import type { Status } from '../ipc/status.ts';
import { missedIn, type UsualHour } from './missed.ts';
import { ownCard } from './own-card.ts';
import type { NodeFacts } from './ports.ts';
import type { GpuReading, Reading, Readings } from './sensors.ts';
import type { Piece } from './stretches.ts';

export interface LiveInput {
  readonly readings: Readings;
  readonly device: NodeFacts['device'];
  readonly limits: { readonly targetCelsius: number | null; readonly pauseCelsius: number | null };
  readonly settings: Pick<GovernorSettings, 'measuredWatts'>;
  readonly hasWork: boolean;
  readonly nowMs: number;
  readonly monotonicMs: number;
}

/** Older readings are not shown as live. */
export const LIVE_MS = 10_000;
const SHOWN_GIVE_BACKS = 20;
const PROCESSOR = 'Processor';

/** Sensors are read while relays may run, and just before. */
export function isLive(status: Status): boolean {
  if (status.mode === 'serving' || status.mode === 'draining') return true;
  return status.mode === 'waiting' && status.reasons[0]?.code === 'arming';
}

export function liveOf(input: LiveInput): Live {
  const { readings, device, limits, monotonicMs } = input;
  const card = cardOf(readings, device, monotonicMs);
  const cpuCelsius = fresh(readings.cpuCelsius, monotonicMs);
  const owners = input.settings.measuredWatts;
  const ownersWatts = owners === null ? null : input.hasWork ? owners.serving : owners.idle;
  const watts = ownersWatts ?? card?.watts ?? null;
  return {
    atMs: input.nowMs,
    device: device.kind === 'cpu' ? PROCESSOR : (card?.name ?? device.name ?? 'Graphics card'),
    celsius: device.kind === 'cpu' ? cpuCelsius : temperatureOf(card),
    ...limits,
    watts,
    wattsFrom: watts === null ? null : ownersWatts === null ? 'measured' : 'owner',
    loadPercent: percent(card?.loadPercent ?? null),
    memoryUsedBytes: card?.memoryUsedBytes ?? null,
    memoryTotalBytes: card?.memoryTotalBytes ?? null,
    batteryPercent: percent(fresh(readings.batteryPercent, monotonicMs)),
  };
}

/** The card that computes, if it was read a moment ago. */
export function cardOf(
  readings: Readings,
  device: NodeFacts['device'],
  monotonicMs: number,
): GpuReading | null {
  if (device.kind === 'cpu') return null;
  return fresh(ownCard(readings, device).card, monotonicMs);
}

/** @param pieces each lasts until the next one begins, the last one until now */
export function stretchesOf(
  pieces: readonly Piece[],
  nowMs: number,
  usual: UsualHour | null,
): readonly Stretch[] {
  return pieces.map(({ also, ...piece }, index) => {
    const toMs = pieces[index + 1]?.fromMs ?? null;
    const lengthMs = (toMs ?? nowMs) - piece.fromMs;
    return { ...piece, also: [...also], toMs, ...missedIn(piece.code, lengthMs, usual) };
  });
}

/** @param giveBacks in any order @returns the newest first */
export function shownGiveBacks(giveBacks: readonly GiveBack[]): readonly GiveBack[] {
  return [...giveBacks].sort((a, b) => b.id - a.id).slice(0, SHOWN_GIVE_BACKS);
}

function fresh<Value>(reading: Reading<Value> | null, monotonicMs: number): Value | null {
  return reading !== null && monotonicMs - reading.atMs <= LIVE_MS ? reading.value : null;
}

/** The edge is what a card's target is meant for; without it, its hottest spot. */
function temperatureOf(card: GpuReading | null): number | null {
  return card?.celsius ?? card?.junctionCelsius ?? null;
}

/** A sensor that says 101 percent must not make the whole window refuse what it is told. */
function percent(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.min(100, Math.max(0, value));
}
