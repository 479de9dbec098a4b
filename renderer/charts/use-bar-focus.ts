/** One bar of a chart is reached with Tab, the others from it with the arrow keys. */
import { useState, type KeyboardEvent } from 'react';

export interface BarFocus {
  /** The bar that Tab reaches. */
  readonly current: number;
  readonly onFocus: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<SVGElement>) => void;
}

/** Starts at the newest bar, which is the last. */
export function useBarFocus(count: number): BarFocus {
  const [chosen, setChosen] = useState<number | null>(null);
  const current = Math.min(chosen ?? count - 1, count - 1);
  return {
    current,
    onFocus: setChosen,
    onKeyDown(event) {
      const next = nextBar(event.key, current, count);
      if (next === null) return;
      event.preventDefault();
      const bars = event.currentTarget.querySelectorAll<SVGElement>('[data-bar]');
      bars[next]?.focus();
    },
  };
}

/** Null for keys that mean nothing here. */
export function nextBar(key: string, current: number, count: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, current - 1);
    case 'ArrowRight':
      return Math.min(count - 1, current + 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
