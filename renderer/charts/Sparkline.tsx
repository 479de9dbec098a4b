/** A small curve of the last minutes, with lines that it should hold or must not cross. */
import { curvePath, curveY, roomFor, type CurvePoint } from './curve.ts';
import { useWidth } from './use-width.ts';

export interface CurveMark {
  readonly value: number;
  readonly name: string;
  readonly look: 'target' | 'limit';
}

interface Props {
  /** Everything that can be seen in it. */
  readonly label: string;
  readonly points: readonly CurvePoint[];
  readonly marks: readonly CurveMark[];
}

const HEIGHT = 84;
/** Room for the names of the marks, to the right. */
const RIGHT = 92;

export function Sparkline({ label, points, marks }: Props) {
  const { target, width } = useWidth<HTMLDivElement>();
  const inner = Math.max(0, width - RIGHT);
  const values = marks.map(({ value }) => value);
  const room = roomFor(points, values);
  return (
    <div ref={target} className="chart sparkline">
      <svg width={width} height={HEIGHT} role="img" aria-label={label}>
        {marks.map(({ value, name, look }) => {
          const y = curveY(value, room, HEIGHT);
          return (
            <g key={look} className={`spark-mark spark-${look}`}>
              <line x1={0} x2={inner} y1={y} y2={y} />
              <text x={inner + 8} y={y + 4}>
                {name}
              </text>
            </g>
          );
        })}
        <path className="spark-line" d={curvePath(points, room, inner, HEIGHT)} />
      </svg>
    </div>
  );
}
