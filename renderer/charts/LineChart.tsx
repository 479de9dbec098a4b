/** A line over whole numbers that add up: points to walk along, and a table for those who cannot see it. */
import {
  BASE,
  Column,
  HEIGHT,
  heightAt,
  LEFT,
  Scale,
  Tip,
  type ChartValue,
} from './chart-parts.tsx';
import { shareOf } from './scale.ts';
import { useChart } from './use-chart.ts';

export interface LinePoint extends ChartValue {
  /** What the table calls it. */
  readonly name: string;
}

interface Props {
  readonly label: string;
  /** Left to right. */
  readonly points: readonly LinePoint[];
  readonly formatValue: (value: bigint) => string;
  /** Heads of the table's columns. */
  readonly heads: readonly [name: string, value: string];
}

const DOT_PX = 4;

export function LineChart({ label, points, formatValue, heads }: Props) {
  const chart = useChart(points, formatValue);
  const { target, width, focus, top, lines, right, step, tip, onShow } = chart;
  const places = points.map(({ value }, index) => ({
    x: LEFT + (index + 0.5) * step,
    y: heightAt(shareOf(value, top)),
  }));
  return (
    <div ref={target} className="chart">
      <svg
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={label}
        onKeyDown={focus.onKeyDown}
      >
        <Scale {...{ lines, top, right, width, formatValue }} />
        <Line places={places} />
        {points.map((point, index) => {
          const place = places[index];
          return (
            <Column
              key={point.key}
              at={point}
              {...{ index, step, focus, onShow }}
              x={LEFT + index * step}
            >
              {place ? <circle className="chart-dot" cx={place.x} cy={place.y} r={DOT_PX} /> : null}
            </Column>
          );
        })}
      </svg>
      {tip ? <Tip {...tip} width={width} /> : null}
      <PointTable {...{ label, points, formatValue, heads }} />
    </div>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function Line({ places }: { readonly places: readonly Place[] }) {
  const first = places[0];
  const last = places.at(-1);
  if (!first || !last) return null;
  const path = places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(' L ');
  return (
    <g className="chart-curve" aria-hidden="true">
      <path
        className="chart-area"
        d={`M ${first.x.toFixed(1)} ${String(BASE)} L ${path} L ${last.x.toFixed(1)} ${String(BASE)} Z`}
      />
      <path className="chart-line" d={`M ${path}`} />
    </g>
  );
}

type TableProps = Pick<Props, 'label' | 'points' | 'formatValue' | 'heads'>;

/** The same numbers, for screen readers only. */
function PointTable({ label, points, formatValue, heads }: TableProps) {
  return (
    <div className="only-read">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map(({ key, name, value }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td>{formatValue(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
