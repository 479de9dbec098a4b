/** When an epoch ends, and until when the contract pays for it. */
import { epochAt } from '../protocol/session.ts';

/** The hub's parameters. */
export interface EpochRules {
  readonly epochSeconds: number;
  /** How long after its end an epoch can be redeemed. */
  readonly redeemSeconds: number;
}

/** Unix milliseconds; the contract refuses a transaction in a later block. */
export function windowClosesAtMs(
  epoch: number,
  { epochSeconds, redeemSeconds }: EpochRules,
): number {
  return ((epoch + 1) * epochSeconds + redeemSeconds) * 1000;
}

/** The oldest epoch whose window has not closed; never negative. */
export function firstOpenEpoch(nowMs: number, rules: EpochRules): number {
  return Math.max(0, epochAt(nowMs - rules.redeemSeconds * 1000, rules.epochSeconds));
}
