/** Lets a loop with nothing to do wait until somebody has something new for it. */
import type { Clock } from '../platform/clock.ts';

export interface News {
  tell(): void;
  /** What was told until now counts as known. */
  read(): void;
  /** Resolves when something was told since the last `read`, or after `limitMs`; null waits for news only. */
  next(limitMs: number | null): Promise<void>;
}

/** For one loop: a second `next` must not begin before the first has resolved. */
export function createNews(clock: Clock): News {
  let isNew = false;
  let wake: () => void = () => undefined;
  return {
    tell() {
      isNew = true;
      wake();
    },
    read() {
      isNew = false;
    },
    next(limitMs) {
      if (isNew) return Promise.resolve();
      return new Promise((resolve) => {
        const stopTimer = limitMs === null ? null : clock.after(limitMs, resolve);
        wake = () => {
          stopTimer?.();
          resolve();
        };
      });
    },
  };
}
