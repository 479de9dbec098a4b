/** A bar chart over whole numbers: a few lines to read heights by, and words for every bar. */
import { useState } from 'react';
import { gridLines, roundTop, shareOf } from './scale.ts';
import { useBarFocus, type BarFocus } from './use-bar-focus.ts';
import { useWidth } from './use-width.ts';

export interface Bar {
  readonly key: string;
  readonly value: bigint;
  /** Everything about it, for the tooltip and for screen readers. */
  readonly words: string;
  /** Under the axis; null for most. */
  readonly tick: string | null;
}

interface Props {
  readonly label: string;
  /** Left to right. */
  readonly bars: readonly Bar[];
  /** For the lines of the scale. */
  readonly formatValue: (value: bigint) => string;
  /** Said instead, when every bar is zero. */
  readonly empty: string;
}

const HEIGHT = 180;
const TOP = 12;
const BASE = 156;
const LEFT = 2;
/** Room for the scale's labels, to the right of the bars: a gap, and so much for each character. */
const LABEL_GAP = 8;
const LABEL_CHARACTER = 7.2;
const GAP_SHARE = 0.28;
const MIN_BAR_PX = 2;

export function BarChart({ label, bars, formatValue, empty }: Props) {
  const { target, width } = useWidth<HTMLDivElement>();
  const [shown, setShown] = useState<number | null>(null);
  const focus = useBarFocus(bars.length);
  const most = bars.reduce((highest, { value }) => (value > highest ? value : highest), 0n);
  const top = roundTop(most);
  const lines = most === 0n ? [0n] : gridLines(top);
  const right = roomFor(lines.map(formatValue));
  const step = Math.max(0, width - LEFT - right) / Math.max(1, bars.length);
  const shownBar = shown === null ? undefined : bars[shown];
  return (
    <div ref={target} className="chart">
      {most === 0n ? <p className="chart-empty">{empty}</p> : null}
      <svg
        width={width}
        height={HEIGHT}
        role="group"
        aria-label={label}
        onKeyDown={focus.onKeyDown}
      >
        <Scale lines={lines} right={right} width={width} formatValue={formatValue} />
        {bars.map((bar, index) => (
          <BarView
            key={bar.key}
            bar={bar}
            index={index}
            x={LEFT + index * step}
            step={step}
            share={shareOf(bar.value, top)}
            focus={focus}
            onShow={setShown}
          />
        ))}
      </svg>
      {shownBar && shown !== null ? (
        <Tip words={shownBar.words} x={LEFT + (shown + 0.5) * step} width={width} />
      ) : null}
    </div>
  );
}

interface ScaleProps extends Pick<Props, 'formatValue'> {
  readonly lines: readonly bigint[];
  readonly right: number;
  readonly width: number;
}

function Scale({ lines, right, width, formatValue }: ScaleProps) {
  const top = lines.at(-1) ?? 0n;
  return (
    <g className="chart-scale" aria-hidden="true">
      {lines.map((value) => {
        const y = heightAt(top === 0n ? 0 : shareOf(value, top));
        return (
          <g key={value.toString()}>
            <line x1={LEFT} x2={Math.max(LEFT, width - right)} y1={y} y2={y} />
            <text x={width - right + LABEL_GAP} y={y + 4}>
              {formatValue(value)}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface BarProps {
  readonly bar: Bar;
  readonly index: number;
  readonly x: number;
  readonly step: number;
  /** Of the scale's top, 0 to 1. */
  readonly share: number;
  readonly focus: BarFocus;
  readonly onShow: (index: number | null) => void;
}

function BarView({ bar, index, x, step, share, focus, onShow }: BarProps) {
  const gap = step * GAP_SHARE;
  const y = bar.value === 0n ? BASE : Math.min(heightAt(share), BASE - MIN_BAR_PX);
  const show = () => {
    onShow(index);
  };
  const hide = () => {
    onShow(null);
  };
  return (
    <g
      className="chart-bar"
      data-bar={index}
      role="img"
      aria-label={bar.words}
      tabIndex={index === focus.current ? 0 : -1}
      onFocus={() => {
        focus.onFocus(index);
        show();
      }}
      onBlur={hide}
      onPointerEnter={show}
      onPointerLeave={hide}
    >
      {/* The whole column can be pointed at, however low the bar is. */}
      <rect className="chart-column" x={x} y={TOP} width={step} height={BASE - TOP} />
      <rect
        className="chart-fill"
        x={x + gap / 2}
        y={y}
        width={Math.max(0, step - gap)}
        height={BASE - y}
        rx={Math.min(2.5, step / 6)}
      />
      {bar.tick === null ? null : (
        <text x={x + step / 2} y={HEIGHT - 6} textAnchor="middle" aria-hidden="true">
          {bar.tick}
        </text>
      )}
    </g>
  );
}

interface TipProps {
  readonly words: string;
  readonly x: number;
  readonly width: number;
}

/** Screen readers have the same words from the bar itself. */
function Tip({ words, x, width }: TipProps) {
  const side = x > width / 2 ? { right: width - x } : { left: x };
  return (
    <p className="chart-tip" style={side} aria-hidden="true">
      {words}
    </p>
  );
}

function heightAt(share: number): number {
  return BASE - share * (BASE - TOP);
}

function roomFor(labels: readonly string[]): number {
  const longest = Math.max(...labels.map(({ length }) => length));
  return Math.ceil(LABEL_GAP + longest * LABEL_CHARACTER);
}
