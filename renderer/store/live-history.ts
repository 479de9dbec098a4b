/** The readings of the last minutes, for a small curve; only this window keeps them. */
import type { Live } from '../../electron/ipc/governor.ts';

export interface LivePoint {
  readonly atMs: number;
  readonly celsius: number | null;
  /** 0 to 1. */
  readonly duty: number;
}

const MOST_POINTS = 300;
const KEPT_MS = 5 * 60_000;

/** The same object while nothing is new; what is too old is let go, and without readings all of it. */
export function withLive(
  points: readonly LivePoint[],
  live: Live | null,
  duty: number,
): readonly LivePoint[] {
  if (live === null) return points.length === 0 ? points : [];
  const last = points.at(-1);
  if (last && live.atMs === last.atMs) return points;
  // Its clock was set back: what was before cannot be put in order with what comes.
  const before = last && live.atMs < last.atMs ? [] : points;
  const kept = before.filter(({ atMs }) => live.atMs - atMs < KEPT_MS);
  return [...kept, { atMs: live.atMs, celsius: live.celsius, duty }].slice(-MOST_POINTS);
}
