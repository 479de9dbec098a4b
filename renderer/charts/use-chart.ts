/** Where things stand in a chart of so many columns, as wide as there is room, and which of them is pointed at. */
import { useState } from 'react';
import { LEFT, roomFor, type ChartValue } from './chart-parts.tsx';
import { gridLines, roundTop } from './scale.ts';
import { useBarFocus } from './use-bar-focus.ts';
import { useWidth } from './use-width.ts';

export function useChart(values: readonly ChartValue[], formatValue: (value: bigint) => string) {
  const { target, width } = useWidth<HTMLDivElement>();
  const [shown, setShown] = useState<number | null>(null);
  const focus = useBarFocus(values.length);
  const most = values.reduce((highest, { value }) => (value > highest ? value : highest), 0n);
  const top = roundTop(most);
  const lines = most === 0n ? [0n] : gridLines(top);
  const right = roomFor(lines.map(formatValue));
  const step = Math.max(0, width - LEFT - right) / Math.max(1, values.length);
  const shownValue = shown === null ? undefined : values[shown];
  const tip =
    shown === null || !shownValue
      ? null
      : { words: shownValue.words, x: LEFT + (shown + 0.5) * step };
  const isEmpty = most === 0n;
  return { target, width, focus, top, lines, right, step, tip, isEmpty, onShow: setShown };
}
