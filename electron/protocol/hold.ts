/** Conversations that are kept for their next question: what was bought, and what is owed when it is not found. */
import { finishOf, isOwnEnd } from './finish.ts';
import type { Receipt } from './receipt.ts';

/** Longest time that a conversation can be kept for. */
export const MAX_HOLD_SECONDS = 600;

/** What one receipt bought. */
export interface Hold {
  /** Prompt and answer. */
  readonly tokens: number;
  readonly seconds: number;
  /** By the Supplier's clock, which signed when it began. */
  readonly untilMs: bigint;
}

type Bought = Pick<
  Receipt,
  'promptTokens' | 'outputTokens' | 'heldTokenSeconds' | 'finish' | 'endedAtMs'
>;

/** Prompt and answer for whole seconds, with an answer that came to an end of its own: all of it or nothing. */
export function isHoldRight({ heldTokenSeconds: bought, finish, ...counts }: Bought): boolean {
  if (bought === 0n) return true;
  const tokens = BigInt(counts.promptTokens + counts.outputTokens);
  if (tokens === 0n || !isOwnEnd(finishOf(finish))) return false;
  return bought % tokens === 0n && bought <= tokens * BigInt(MAX_HOLD_SECONDS);
}

/** @returns null when nothing was bought */
export function holdOf(receipt: Bought): Hold | null {
  if (receipt.heldTokenSeconds === 0n || !isHoldRight(receipt)) return null;
  const tokens = receipt.promptTokens + receipt.outputTokens;
  const seconds = Number(receipt.heldTokenSeconds / BigInt(tokens));
  return { tokens, seconds, untilMs: receipt.endedAtMs + BigInt(seconds) * 1000n };
}

/** Whether a relay looked for what was held: one that failed or never reached the engine did not, and may be repeated. */
export function usesHold({
  finish,
  promptTokens,
}: Pick<Receipt, 'finish' | 'promptTokens'>): boolean {
  return finishOf(finish) !== 'failed' && promptTokens > 0;
}

type FollowUp = Pick<Receipt, 'finish' | 'promptTokens' | 'heldTokens' | 'endedAtMs' | 'totalMs'>;

/**
 * Token-seconds owed because a follow-up did not find all of its hold, for whatever reason: what is missing was not
 * kept for the whole of its time. Both sides know it from the two receipts alone.
 * @param hold that the follow-up names; null when it names none
 */
export function refundDue(followUp: FollowUp, hold: Hold | null): bigint {
  if (hold === null || !usesHold(followUp)) return 0n;
  const beganMs = followUp.endedAtMs - BigInt(followUp.totalMs);
  if (beganMs > hold.untilMs) return 0n;
  return BigInt(Math.max(0, hold.tokens - followUp.heldTokens)) * BigInt(hold.seconds);
}
