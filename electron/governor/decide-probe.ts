/** Short silences while relays run, where the driver does not tell programs apart: what loads the card then is not ours. */
import { FOREIGN, PROBE, STALE_MS } from './policy.ts';
import type { NodeFacts } from './ports.ts';
import type { Foreign } from './senses-foreign.ts';
import { known } from './senses.ts';
import type { GpuReading, Reading } from './sensors.ts';

/** Plain data; times are on the monotonic clock. */
export interface ProbeState {
  /** Since when relays have computed without a silence. */
  readonly sinceMs: number;
  /** Since when they stand still so that others can be seen; null while they compute. */
  readonly silentMs: number | null;
}

export interface ProbeInput {
  readonly isRunning: boolean;
  readonly node: NodeFacts;
  readonly card: Reading<GpuReading> | null;
  readonly foreign: Foreign;
  readonly nowMs: number;
}

/** @returns null while nobody could hide behind our own load */
export function stepProbe(before: ProbeState | null, input: ProbeInput): ProbeState | null {
  const { foreign, nowMs } = input;
  if (!isBlind(input)) return null;
  if (before === null) return { sinceMs: nowMs, silentMs: null };
  if (before.silentMs === null) {
    return nowMs - before.sinceMs < PROBE.everyMs ? before : { ...before, silentMs: nowMs };
  }
  const isHeard = isSilentAt(before, foreign.sampleMs) && foreign.busySamples === 0;
  // Written so that a time which is no number ends it.
  const isTooLong = !(nowMs - before.silentMs < PROBE.atMostMs);
  return isHeard || isTooLong ? { sinceMs: nowMs, silentMs: null } : before;
}

/** Whether a sample of that time tells nothing of ours. */
export function isSilentAt(state: ProbeState | null, sampleMs: number | null): boolean {
  const silentMs = state?.silentMs ?? null;
  return silentMs !== null && sampleMs !== null && sampleMs - silentMs >= PROBE.settleMs;
}

/** The owner's own questions load the card as well, and wait for nothing. */
function isBlind({ isRunning, node, card, nowMs }: ProbeInput): boolean {
  if (!isRunning || node.isAnswering) return false;
  const seen = known(card, STALE_MS.gpus, nowMs);
  if (seen === null || seen.foreignLoadPercent !== null) return false;
  const [, calm] = FOREIGN.loadPercent;
  return seen.loadPercent !== null && seen.loadPercent >= calm;
}
