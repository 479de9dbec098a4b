/** A bar chart over whole numbers: a few lines to read heights by, and words for every bar. */
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

export type Bar = ChartValue;

interface Props {
  readonly label: string;
  /** Left to right. */
  readonly bars: readonly Bar[];
  /** For the lines of the scale. */
  readonly formatValue: (value: bigint) => string;
  /** Said instead, when every bar is zero. */
  readonly empty: string;
}

const GAP_SHARE = 0.28;
const MIN_BAR_PX = 2;

export function BarChart({ label, bars, formatValue, empty }: Props) {
  const chart = useChart(bars, formatValue);
  const { target, width, focus, top, lines, right, step, tip, isEmpty, onShow } = chart;
  return (
    <div ref={target} className="chart">
      {isEmpty ? <p className="chart-empty">{empty}</p> : null}
      <svg
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={label}
        onKeyDown={focus.onKeyDown}
      >
        <Scale {...{ lines, top, right, width, formatValue }} />
        {bars.map((bar, index) => {
          const x = LEFT + index * step;
          const share = shareOf(bar.value, top);
          return (
            <Column key={bar.key} at={bar} {...{ index, x, step, focus, onShow }}>
              <Fill value={bar.value} x={x} step={step} share={share} />
            </Column>
          );
        })}
      </svg>
      {tip ? <Tip {...tip} width={width} /> : null}
    </div>
  );
}

interface FillProps {
  readonly value: bigint;
  readonly x: number;
  readonly step: number;
  /** Of the scale's top, 0 to 1. */
  readonly share: number;
}

/** Something is never drawn as nothing. */
function Fill({ value, x, step, share }: FillProps) {
  const gap = step * GAP_SHARE;
  const y = value === 0n ? BASE : Math.min(heightAt(share), BASE - MIN_BAR_PX);
  return (
    <rect
      className="chart-fill"
      x={x + gap / 2}
      y={y}
      width={Math.max(0, step - gap)}
      height={BASE - y}
      rx={Math.min(2.5, step / 6)}
    />
  );
}
