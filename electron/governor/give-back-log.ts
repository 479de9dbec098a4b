/** How long a give-back took: from the moment that caused it to the decision, the last computing, the memory. */
import type { ReasonCode } from '../ipc/status.ts';
import type { GiveBackReport } from './ports.ts';
import type { MachineKey, Reading, Readings } from './sensors.ts';
import type { Moment } from './senses.ts';

/** Times are on the monotonic clock, but for `atMs`. */
export interface GiveBackTimes {
  readonly cause: ReasonCode;
  /** Of the stimulus, in Unix time. */
  readonly atMs: number;
  readonly stimulusMs: number;
  readonly decidedMs: number;
  /** When the engine had said that no relay computes any more, or was killed; null until then. */
  readonly stoppedMs: number | null;
  /** When the memory was free; null while it is kept. */
  readonly releasedMs: number | null;
}

/** The reading that tells of each cause; for the others nobody knows more than when it was decided. */
const TOLD_BY: Readonly<Partial<Record<ReasonCode, MachineKey | 'isLocked'>>> = {
  'not-locked': 'isLocked',
  'lid-shut': 'isLidShut',
  'gpu-lost': 'gpus',
  'gpu-critical': 'gpus',
  'gpu-hot': 'gpus',
  'gpu-throttled': 'gpus',
  'other-gpu-app': 'gpus',
  'memory-short': 'gpus',
  game: 'apps',
  'exclusive-app': 'apps',
  fullscreen: 'fullscreen',
  'on-battery': 'power',
  'on-ups': 'isOnUps',
  'power-saver': 'isSavingPower',
  'cpu-hot': 'cpuCelsius',
  'battery-hot': 'batteryCelsius',
  'system-hot': 'thermalState',
};

/** When what causes it happened, as the reading itself says; never after `nowMs`. */
export function stimulusOf(cause: ReasonCode, readings: Readings, nowMs: number): number {
  const { idleMs } = readings;
  if (cause === 'owner-active' && idleMs !== null) return within(idleMs.atMs - idleMs.value, nowMs);
  const key = TOLD_BY[cause];
  const reading: Reading<unknown> | null = key === undefined ? null : readings[key];
  return within(reading?.atMs ?? nowMs, nowMs);
}

export function giveBackBegun(cause: ReasonCode, readings: Readings, now: Moment): GiveBackTimes {
  const stimulusMs = stimulusOf(cause, readings, now.monotonicMs);
  return {
    cause,
    atMs: Math.round(now.unixMs - (now.monotonicMs - stimulusMs)),
    stimulusMs,
    decidedMs: now.monotonicMs,
    stoppedMs: null,
    releasedMs: null,
  };
}

/** The first word counts: what a killed process says later of its end is no news. */
export function stoppedAt(times: GiveBackTimes, nowMs: number): GiveBackTimes {
  return times.stoppedMs === null ? { ...times, stoppedMs: nowMs } : times;
}

/** Who holds no memory computes nothing either. */
export function releasedAt(times: GiveBackTimes, nowMs: number): GiveBackTimes {
  return times.releasedMs === null ? { ...stoppedAt(times, nowMs), releasedMs: nowMs } : times;
}

export function reportOf(times: GiveBackTimes): GiveBackReport {
  const { cause, atMs, decidedMs, stoppedMs, releasedMs } = times;
  const after = (ms: number): number => Math.max(0, Math.round(ms - times.stimulusMs));
  return {
    cause,
    atMs,
    decidedAfterMs: after(decidedMs),
    stoppedAfterMs: stoppedMs === null ? null : after(stoppedMs),
    releasedAfterMs: releasedMs === null ? null : after(releasedMs),
  };
}

/** A reading that is no number, or from the future, is taken for one of now. */
function within(ms: number, nowMs: number): number {
  return ms <= nowMs ? ms : nowMs;
}
