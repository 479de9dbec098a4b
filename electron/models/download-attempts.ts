/** Decides after each attempt at a download which source is asked next, and when; or that none is. */
import type { DownloadLimits } from './download-limits.ts';

export type DownloadFault = 'download-changed' | 'download-damaged' | 'download-failed';

export type Outcome =
  | { readonly kind: 'interrupted'; readonly gainedBytes: number; readonly why: string }
  | { readonly kind: 'busy'; readonly retryAfterMs: number | null; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'changed'; readonly why: string }
  /** Every byte was there, and the hash is another. */
  | { readonly kind: 'damaged'; readonly givers: readonly number[]; readonly why: string };

interface SourceState {
  readonly isOut: boolean;
  /** Attempts in a row that brought nothing. */
  readonly barrenTries: number;
  readonly notBeforeMs: number;
}

export interface Attempts {
  readonly sources: readonly SourceState[];
  readonly current: number;
  /**
   * Bytes of several sources made a wrong file, and nobody knows whose were wrong: from then on each has to give all
   * of it.
   */
  readonly isAlone: boolean;
  /** The worst that was met. */
  readonly fault: DownloadFault;
  readonly why: string;
}

export type NextAttempt =
  | {
      readonly kind: 'try';
      readonly source: number;
      readonly afterMs: number;
      /** What has arrived is not to be used. */
      readonly isFresh: boolean;
    }
  | { readonly kind: 'give-up'; readonly fault: DownloadFault; readonly why: string };

const WORSE: readonly DownloadFault[] = ['download-failed', 'download-changed', 'download-damaged'];

export function firstAttempts(sourceCount: number): Attempts {
  const source = { isOut: false, barrenTries: 0, notBeforeMs: 0 };
  return {
    sources: Array.from({ length: sourceCount }, () => source),
    current: 0,
    isAlone: false,
    fault: 'download-failed',
    why: '',
  };
}

/** @param jitter 0 to 1, so that many copies do not come back in the same moment */
export function afterAttempt(
  attempts: Attempts,
  outcome: Outcome,
  nowMs: number,
  jitter: number,
  limits: DownloadLimits,
): { readonly attempts: Attempts; readonly next: NextAttempt } {
  const sources = attempts.sources.map((source, index) =>
    concerns(outcome, attempts, index) ? judged(source, outcome, nowMs, jitter, limits) : source,
  );
  const isMixed = outcome.kind === 'damaged' && !attempts.isAlone && outcome.givers.length > 1;
  const told = tell(attempts, outcome);
  const isAlone = attempts.isAlone || isMixed;
  const chosen = choose(sources, attempts.current, isAlone);
  if (chosen === null) {
    const gone = { ...attempts, ...told, sources, isAlone };
    return { attempts: gone, next: { kind: 'give-up', ...told } };
  }
  const isFresh = outcome.kind === 'damaged' || (isAlone && chosen !== attempts.current);
  const afterMs = Math.max(0, (sources[chosen]?.notBeforeMs ?? 0) - nowMs);
  return {
    attempts: { ...told, sources, isAlone, current: chosen },
    next: { kind: 'try', source: chosen, afterMs, isFresh },
  };
}

/** Whose fault it is: the one that was asked, or the only one that gave the bytes of a damaged file. */
function concerns(outcome: Outcome, attempts: Attempts, index: number): boolean {
  if (outcome.kind !== 'damaged' || attempts.isAlone) return index === attempts.current;
  const [giver] = outcome.givers;
  if (giver === undefined) return index === attempts.current;
  return outcome.givers.length === 1 && index === giver;
}

function judged(
  source: SourceState,
  outcome: Outcome,
  nowMs: number,
  jitter: number,
  limits: DownloadLimits,
): SourceState {
  if (outcome.kind !== 'interrupted' && outcome.kind !== 'busy') return { ...source, isOut: true };
  const gainedBytes = outcome.kind === 'interrupted' ? outcome.gainedBytes : 0;
  const barrenTries = gainedBytes >= limits.progressBytes ? 0 : source.barrenTries + 1;
  const asked = outcome.kind === 'busy' ? (outcome.retryAfterMs ?? 0) : 0;
  const waitMs = Math.max(asked, backOffMs(barrenTries, jitter, limits));
  const isOut = barrenTries >= limits.maxBarrenTries;
  return { isOut, barrenTries, notBeforeMs: nowMs + waitMs };
}

/** Doubles with each barren try, and is shortened by up to a half. */
export function backOffMs(barrenTries: number, jitter: number, limits: DownloadLimits): number {
  const doublings = Math.min(30, Math.max(0, barrenTries - 1));
  const fullMs = Math.min(limits.maxRetryMs, limits.firstRetryMs * 2 ** doublings);
  return Math.round(fullMs * (1 - jitter / 2));
}

/** The one that may be asked first; among those that may be now, the next in turn. */
function choose(sources: readonly SourceState[], current: number, isAlone: boolean): number | null {
  if (isAlone && sources[current]?.isOut === false) return current;
  const inTurn = sources.map((_source, step) => (current + 1 + step) % sources.length);
  const usable = inTurn.filter((index) => sources[index]?.isOut === false);
  const readyMs = (index: number): number => sources[index]?.notBeforeMs ?? 0;
  const [first, ...others] = usable;
  if (first === undefined) return null;
  return others.reduce((best, index) => (readyMs(index) < readyMs(best) ? index : best), first);
}

function tell(
  attempts: Attempts,
  outcome: Outcome,
): { readonly fault: DownloadFault; readonly why: string } {
  const fault = faultOf(outcome);
  const isWorse = WORSE.indexOf(fault) >= WORSE.indexOf(attempts.fault);
  return isWorse ? { fault, why: outcome.why } : { fault: attempts.fault, why: attempts.why };
}

function faultOf(outcome: Outcome): DownloadFault {
  if (outcome.kind === 'changed') return 'download-changed';
  return outcome.kind === 'damaged' ? 'download-damaged' : 'download-failed';
}
