/** What bars and lines share: the scale to read heights by, a column to point at, and the tip above it. */
import type { ReactNode } from 'react';
import { shareOf } from './scale.ts';
import type { BarFocus } from './use-bar-focus.ts';

/** One step of the axis. */
export interface ChartValue {
  readonly key: string;
  readonly value: bigint;
  /** Everything about it, for the tooltip and for screen readers. */
  readonly words: string;
  /** Under the axis; null for most. */
  readonly tick: string | null;
}

export const HEIGHT = 180;
export const BASE = 156;
export const LEFT = 2;
const TOP = 12;
/** Room for the scale's labels, to the right of the columns: a gap, and so much for each character. */
const LABEL_GAP = 8;
const LABEL_CHARACTER = 7.2;

/** @param share of the scale's top, 0 to 1 @returns from the top, in CSS pixels */
export function heightAt(share: number): number {
  return BASE - share * (BASE - TOP);
}

/** In CSS pixels. */
export function roomFor(labels: readonly string[]): number {
  const longest = Math.max(...labels.map(({ length }) => length));
  return Math.ceil(LABEL_GAP + longest * LABEL_CHARACTER);
}

interface ScaleProps {
  readonly lines: readonly bigint[];
  readonly top: bigint;
  readonly right: number;
  readonly width: number;
  readonly formatValue: (value: bigint) => string;
}

/** Screen readers have the values themselves. */
export function Scale({ lines, top, right, width, formatValue }: ScaleProps) {
  return (
    <g className="chart-scale" aria-hidden="true">
      {lines.map((value) => {
        const y = heightAt(shareOf(value, top));
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

interface ColumnProps {
  readonly at: ChartValue;
  readonly index: number;
  readonly x: number;
  readonly step: number;
  readonly focus: BarFocus;
  readonly onShow: (index: number | null) => void;
  readonly children: ReactNode;
}

/** The whole column can be pointed at, however little is drawn in it. */
export function Column({ at, index, x, step, focus, onShow, children }: ColumnProps) {
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
      aria-label={at.words}
      tabIndex={index === focus.current ? 0 : -1}
      onFocus={() => {
        focus.onFocus(index);
        show();
      }}
      onBlur={hide}
      onPointerEnter={show}
      onPointerLeave={hide}
    >
      <rect className="chart-column" x={x} y={TOP} width={step} height={BASE - TOP} />
      {children}
      {at.tick === null ? null : (
        <text x={x + step / 2} y={HEIGHT - 6} textAnchor="middle" aria-hidden="true">
          {at.tick}
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

/** Screen readers have the same words from the column itself. */
export function Tip({ words, x, width }: TipProps) {
  const side = x > width / 2 ? { right: width - x } : { left: x };
  return (
    <p className="chart-tip" style={side} aria-hidden="true">
      {words}
    </p>
  );
}
