/** A card that slows itself down for heat or a failing supply knows better: less duty, and then a pause. */
import { CONTROL, DWELL_MS } from './heat-policy.ts';

/** Plain data; times are on the monotonic clock. */
export interface Throttle {
  /** Since when it counts; in the future while a cut takes effect. */
  readonly sinceMs: number | null;
  readonly cutAtMs: number | null;
}

export const NO_THROTTLE: Throttle = { sinceMs: null, cutAtMs: null };

export interface ThrottleStep {
  readonly next: Throttle;
  readonly act: 'none' | 'cut' | 'pause';
}

/** @param isThrottled while relays compute on it */
export function stepThrottle(before: Throttle, isThrottled: boolean, nowMs: number): ThrottleStep {
  const { cutAtMs } = before;
  if (!isThrottled) return { next: { sinceMs: null, cutAtMs }, act: 'none' };
  const sinceMs = before.sinceMs ?? nowMs;
  if (nowMs - sinceMs < DWELL_MS.throttle) return { next: { sinceMs, cutAtMs }, act: 'none' };
  const next = { sinceMs: nowMs + CONTROL.settleMs, cutAtMs: nowMs };
  return { next, act: isHeldDown(before, nowMs) ? 'pause' : 'cut' };
}

/** Whether a cut is so recent that duty must not rise, and that another one is a pause. */
export function isHeldDown({ cutAtMs }: Throttle, nowMs: number): boolean {
  return cutAtMs !== null && nowMs - cutAtMs < DWELL_MS.throttleAgain;
}
