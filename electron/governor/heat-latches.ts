/** Keeps a reason standing until its time is over and what caused it is gone. */
import type { ReasonCode } from '../ipc/status.ts';

/** Plain data; times are on the monotonic clock. */
export interface Latch {
  readonly code: ReasonCode;
  readonly untilMs: number;
  /** What `untilMs` was set from. */
  readonly leastMs: number;
  readonly detail: string | null;
}

/** What was found of one code just now. */
export interface Finding {
  readonly code: ReasonCode;
  /** It holds now, and its time begins anew. */
  readonly holds: boolean;
  /** Once its time is over it may end; otherwise it waits for this. */
  readonly mayEnd: boolean;
  readonly leastMs: number;
  /** For a person; null keeps what was said before. */
  readonly detail: string | null;
}

/** A code may be found more than once; the longest time counts. */
export function keepLatches(
  before: readonly Latch[],
  findings: readonly Finding[],
  nowMs: number,
): readonly Latch[] {
  let latches: readonly Latch[] = before.map((latch) => ({
    ...latch,
    // A clock that was put back must not make it longer.
    untilMs: Math.min(latch.untilMs, nowMs + latch.leastMs),
  }));
  for (const finding of findings) latches = keepOne(latches, finding, nowMs);
  return latches.filter(({ code, untilMs }) => {
    const own = findings.filter((finding) => finding.code === code);
    const isAwaited = own.some((finding) => finding.holds || !finding.mayEnd);
    return isAwaited || nowMs < untilMs;
  });
}

function keepOne(latches: readonly Latch[], finding: Finding, nowMs: number): readonly Latch[] {
  const { code, leastMs, holds } = finding;
  const known = latches.find((latch) => latch.code === code);
  if (known === undefined && !holds) return latches;
  const others = latches.filter((latch) => latch.code !== code);
  const detail = finding.detail ?? known?.detail ?? null;
  const fresh = { code, untilMs: nowMs + leastMs, leastMs, detail };
  if (known === undefined) return [...others, fresh];
  const isLonger = holds && fresh.untilMs > known.untilMs;
  return [...others, isLonger ? fresh : { ...known, detail }];
}
