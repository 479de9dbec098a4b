/** How much of the time relays may compute, within what policy and heat allow. */
import type { DutyCause, PresencePolicy } from '../ipc/status.ts';
import { DUTY, DUTY_FLOOR, DUTY_HOLD_MS } from './policy.ts';

/** Plain data. */
export interface DutyState {
  readonly value: number;
  /** Monotonic time when it last went down; null for never. */
  readonly loweredMs: number | null;
  readonly cause: DutyCause;
}

export interface Ceiling {
  readonly ceiling: number;
  readonly ceilingCause: DutyCause;
}

/** Without the quiet of the night, which is a matter of heat. */
export function ceilingOf(policy: PresencePolicy): Ceiling {
  const ceiling = DUTY[policy];
  return { ceiling, ceilingCause: ceiling < 1 ? 'policy' : 'full' };
}

/**
 * @param before null when relays could not compute before
 * @param wanted what heat allows; one that is no number counts as the least
 */
export function holdDuty(
  before: DutyState | null,
  wanted: { readonly duty: number; readonly cause: DutyCause },
  ceiling: number,
  nowMs: number,
): DutyState {
  const { duty, cause } = wanted;
  const value = duty >= DUTY_FLOOR ? Math.min(duty, ceiling) : DUTY_FLOOR;
  if (before === null) return { value, cause, loweredMs: null };
  if (value < before.value) return { value, cause, loweredMs: nowMs };
  const { loweredMs } = before;
  const isHeld = loweredMs !== null && !(nowMs - loweredMs >= DUTY_HOLD_MS);
  return isHeld && value > before.value ? before : { value, cause, loweredMs };
}
