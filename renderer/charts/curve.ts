/** The vertical room and the path of a small curve with marks on it. */

export interface CurvePoint {
  /** Position in time, in any unit. */
  readonly at: number;
  /** Null where nothing was known: the curve has a gap there. */
  readonly value: number | null;
}

/** Some air above and below, in units of the value. */
const AIR = 3;
/** A curve that hardly moves is not drawn as if it jumped. */
const LEAST_SPAN = 12;

/** Room that shows every value and every mark. */
export function roomFor(
  points: readonly CurvePoint[],
  marks: readonly number[],
): { readonly low: number; readonly high: number } {
  const all = [...points.flatMap(({ value }) => value ?? []), ...marks];
  if (all.length === 0) return { low: 0, high: LEAST_SPAN };
  const low = Math.min(...all) - AIR;
  return { low, high: Math.max(Math.max(...all) + AIR, low + LEAST_SPAN) };
}

/** From the top, in CSS pixels. */
export function curveY(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
  height: number,
): number {
  return height - ((value - low) / (high - low)) * height;
}

/** An SVG path over the whole width: from the first point to the last, broken where nothing was known. */
export function curvePath(
  points: readonly CurvePoint[],
  room: { readonly low: number; readonly high: number },
  width: number,
  height: number,
): string {
  const first = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 0) - first);
  let isDrawing = false;
  const steps = points.flatMap(({ at, value }) => {
    if (value === null) {
      isDrawing = false;
      return [];
    }
    const x = (((at - first) / span) * width).toFixed(1);
    const step = `${isDrawing ? 'L' : 'M'} ${x} ${curveY(value, room, height).toFixed(1)}`;
    isDrawing = true;
    return [step];
  });
  return steps.join(' ');
}
