/** How fast a series grows: the slope of the straight line that lies nearest to it; pure. */

export interface Point {
  readonly ms: number;
  readonly value: number;
}

const MS_PER_MINUTE = 60_000;

/** @returns growth per minute; null for fewer than two moments */
export function slopePerMinute(points: readonly Point[]): number | null {
  const ms = mean(points.map((point) => point.ms));
  const value = mean(points.map((point) => point.value));
  const spread = sum(points.map((point) => (point.ms - ms) ** 2));
  if (spread === 0) return null;
  const shared = sum(points.map((point) => (point.ms - ms) * (point.value - value)));
  return (shared / spread) * MS_PER_MINUTE;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
