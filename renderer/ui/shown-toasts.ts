/** Which messages lie above the screen: one failure at a time, since each may be a hand high. */
import type { Toast } from '../store/app-state.ts';

interface ShownToasts {
  /** The oldest first, as they stand. */
  readonly shown: readonly Toast[];
  /** Failures that wait behind the newest one; each appears once that is dismissed. */
  readonly earlier: number;
}

export function shownToasts(toasts: readonly Toast[]): ShownToasts {
  const failures = toasts.filter(({ kind }) => kind === 'failure');
  const newest = failures.at(-1);
  return {
    shown: toasts.filter((toast) => toast.kind === 'info' || toast === newest),
    earlier: Math.max(0, failures.length - 1),
  };
}
