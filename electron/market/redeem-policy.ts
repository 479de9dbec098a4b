/** When earnings are collected without being asked: after so many relays, and before it would be too late. */
import type { Hex } from '../protocol/hex.ts';
import { windowClosesAtMs, type EpochRules } from './epochs.ts';
import type { EarningSession } from './ports.ts';

/** A quarter of the time to redeem is left for a computer that sleeps and a chain that is away. */
const CLOSING_SHARE = 4;

/** How a session stood when collecting was last done with it. */
export interface Attempt {
  readonly atMs: number;
  readonly charged: bigint;
  readonly receipts: number;
}

export interface PolicyRules extends EpochRules {
  /** Unpaid receipts, all sessions together, that are collected by themselves. */
  readonly collectEvery: number;
}

/** Unix milliseconds from which an epoch is redeemed without being asked. */
export function redeemDueAtMs(epoch: number, rules: EpochRules): number {
  return windowClosesAtMs(epoch, rules) - closingMarginMs(rules);
}

/** Milliseconds before the window closes. */
export function closingMarginMs({ redeemSeconds }: EpochRules): number {
  return (redeemSeconds * 1000) / CLOSING_SHARE;
}

/**
 * @param sessions those whose window is open
 * @returns Unix milliseconds, past ones included; null when nothing has to be done
 */
export function nextCollectAtMs(
  sessions: readonly EarningSession[],
  attempts: ReadonlyMap<Hex, Attempt>,
  rules: PolicyRules,
  nowMs: number,
): number | null {
  let fresh = 0;
  let next: number | null = null;
  for (const { session, terms, charged, paidOnChain, receipts, unpaidReceipts } of sessions) {
    if (charged <= paidOnChain) continue;
    const last = attempts.get(session);
    fresh += Math.min(unpaidReceipts, receipts - (last?.receipts ?? 0));
    const dueAtMs = redeemDueAtMs(terms.epoch, rules);
    // What was tried early is tried once more at the end: the Application may have added stake.
    if (last?.charged === charged && last.atMs >= dueAtMs) continue;
    next = next === null ? dueAtMs : Math.min(next, dueAtMs);
  }
  return fresh >= rules.collectEvery ? nowMs : next;
}
