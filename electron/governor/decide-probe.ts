/** Short silences while relays run, where the driver does not tell programs apart: what loads the card then is not ours. */
import { FOREIGN, PROBE, STALE_MS } from './policy.ts';
import type { NodeFacts } from './ports.ts';
import type { Foreign } from './senses-foreign.ts';
import { known } from './senses.ts';
import type { GpuReading, Reading } from './sensors.ts';

/** Plain data; times are on the monotonic clock. */
export interface ProbeState {
  /** When nobody else was heard for the last time, or relays began. */
  readonly heardMs: number;
  /** When a relay was last under way. */
  readonly ranMs: number;
  /** Since when relays stand still so that others can be heard; null while they may compute. */
  readonly silentMs: number | null;
}

export interface ProbeInput {
  readonly isRunning: boolean;
  readonly node: NodeFacts;
  readonly card: Reading<GpuReading> | null;
  readonly foreign: Foreign;
  readonly nowMs: number;
}

/** @returns null where others cannot hide behind our own load, or where silence would end relays */
export function stepProbe(before: ProbeState | null, input: ProbeInput): ProbeState | null {
  const { isRunning, node, card, nowMs } = input;
  const seen = known(card, STALE_MS.gpus, nowMs);
  if (!node.isPausable || (seen !== null && !isBlind(seen))) return null;
  const state = before ?? { heardMs: nowMs, ranMs: nowMs, silentMs: null };
  if (isHeard(state, seen, input)) return { ...state, heardMs: nowMs, silentMs: null };
  // The owner's own questions load the card as well, and wait for nothing.
  if (!isRunning || node.isAnswering) return { ...state, silentMs: null };
  if (state.silentMs !== null) return state;
  const isDue = nowMs - state.heardMs >= PROBE.everyMs;
  return { ...state, ranMs: nowMs, silentMs: isDue ? nowMs : null };
}

/** Whether a sample of that time tells nothing of ours. */
export function isSilentAt(state: ProbeState | null, sampleMs: number | null): boolean {
  const silentMs = state?.silentMs ?? null;
  return silentMs !== null && isSettled(silentMs, sampleMs);
}

/** Whether a sample of that time may tell of a silence, so that it says nothing about how hard the card works for us. */
export function isMuffled(state: ProbeState | null, sampleMs: number | null): boolean {
  return state !== null && (state.silentMs !== null || !isSettled(state.heardMs, sampleMs));
}

function isSettled(sinceMs: number, sampleMs: number | null): boolean {
  return sampleMs !== null && sampleMs - sinceMs >= PROBE.settleMs;
}

function isHeard(
  { silentMs, ranMs }: ProbeState,
  seen: GpuReading | null,
  { isRunning, foreign, nowMs }: ProbeInput,
): boolean {
  const [, calm] = FOREIGN.loadPercent;
  if (seen?.loadPercent != null && seen.loadPercent < calm) return true;
  // Written so that a time which is no number ends it.
  if (silentMs !== null && !(nowMs - silentMs < PROBE.atMostMs)) return true;
  const quietMs = silentMs ?? (isRunning ? null : ranMs);
  const isQuiet = quietMs !== null && isSettled(quietMs, foreign.sampleMs);
  return isQuiet && foreign.busySamples === 0;
}

/** Of all programs together it tells, and of each of them it does not. */
function isBlind({ foreignLoadPercent, loadPercent }: GpuReading): boolean {
  return foreignLoadPercent === null && Number.isFinite(loadPercent);
}
