/** The time, accurate to a second, for words that count down; a clock that nobody sees does not tick. */
import { useCallback, useSyncExternalStore } from 'react';

const SECOND_MS = 1_000;

/** @param isTicking whether anything on the screen changes with it. */
export function useNow(isTicking: boolean): number {
  const subscribe = useCallback(
    (onTick: () => void) => {
      if (!isTicking) return () => undefined;
      const tick = () => {
        if (!document.hidden) onTick();
      };
      const timer = setInterval(tick, SECOND_MS);
      document.addEventListener('visibilitychange', tick);
      return () => {
        clearInterval(timer);
        document.removeEventListener('visibilitychange', tick);
      };
    },
    [isTicking],
  );
  return useSyncExternalStore(subscribe, wholeSecond, wholeSecond);
}

function wholeSecond(): number {
  return Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
}
