/** When the graphics card is asked: watched before relays come, while they are there, and left to sleep otherwise. */
import { ARMING, MEMORY_SHORT, STALE_MS } from './policy.ts';
import type { NodeFacts } from './ports.ts';
import { known } from './senses.ts';
import type { GpuReading, Reading } from './sensors.ts';
import { veto, type Veto } from './vetoes.ts';

/** Plain data; times are on the monotonic clock. */
export type CardState =
  /** Asked, to see whether relays may come. */
  | { readonly phase: 'arming'; readonly sinceMs: number }
  | { readonly phase: 'armed' }
  /** Something about the card was not as it should be; it is looked at again later. */
  | { readonly phase: 'resting'; readonly untilMs: number; readonly vetoes: readonly Veto[] }
  /** Fell off the bus: nobody asks it again before its owner turns earning off and on, or restarts. */
  | { readonly phase: 'lost' };

export interface CardStep {
  readonly next: CardState | null;
  readonly vetoes: readonly Veto[];
}

export interface CardInput {
  readonly nowMs: number;
  /** All reasons but those of the card. */
  readonly others: readonly Veto[];
  /** Reasons of heat and of the card's memory, judged from what was read of it. */
  readonly own: readonly Veto[];
  readonly isRunning: boolean;
}

const LOST = veto('gpu-lost', null, 'it fell off the bus; restart the computer');

/** Whether the card has been asked since the last decision. */
export function isAsked(state: CardState | null): boolean {
  return state?.phase === 'arming' || state?.phase === 'armed';
}

/** @returns null for the next state when the card may sleep */
export function stepCard(before: CardState | null, input: CardInput): CardStep {
  const { nowMs, others, own, isRunning } = input;
  if (before?.phase === 'lost') return { next: before, vetoes: [LOST] };
  if (own.some(({ code }) => code === 'gpu-lost')) return { next: { phase: 'lost' }, vetoes: own };
  if (before?.phase === 'armed' && (isRunning || others.length === 0)) {
    if (own.length === 0 || isRunning) return { next: before, vetoes: own };
    // A relay has woken it, and nothing is wrong: only its temperature is not told yet.
    const isAwaited = own.every(({ code }) => code === 'arming');
    return isAwaited ? beginArming(own, nowMs) : rest(own, nowMs);
  }
  if (before?.phase === 'resting' && nowMs < before.untilMs) {
    return { next: before, vetoes: before.vetoes };
  }
  if (!isRunning && others.some((each) => keepsAsleep(each, nowMs))) {
    return { next: null, vetoes: before?.phase === 'arming' ? own : [] };
  }
  return before?.phase === 'arming' ? arm(before, input) : beginArming(own, nowMs);
}

function beginArming(own: readonly Veto[], nowMs: number): CardStep {
  return { next: { phase: 'arming', sinceMs: nowMs }, vetoes: [...own, arming(nowMs)] };
}

function arm(before: CardState & { readonly phase: 'arming' }, input: CardInput): CardStep {
  const { nowMs, own, others } = input;
  const armedMs = before.sinceMs + ARMING.forMs;
  if (nowMs < armedMs) return { next: before, vetoes: [...own, arming(before.sinceMs)] };
  if (own.length === 0) {
    // Watched on until the rest is out of the way too.
    return { next: others.length === 0 ? { phase: 'armed' } : before, vetoes: [] };
  }
  const isTooLong = nowMs - before.sinceMs >= ARMING.atMostMs;
  return isTooLong ? rest(own, nowMs) : { next: before, vetoes: own };
}

function arming(sinceMs: number): Veto {
  return veto('arming', sinceMs + ARMING.forMs);
}

function rest(own: readonly Veto[], nowMs: number): CardStep {
  const untilMs = Math.max(nowMs + ARMING.restMs, ...own.map((each) => each.untilMs ?? nowMs));
  const vetoes = own.map((each) => ({ ...each, untilMs, isOver: true }));
  return { next: { phase: 'resting', untilMs, vetoes }, vetoes };
}

/** The last moments of a wait are those in which the card is armed; so is the time in which the engine prepares. */
function keepsAsleep({ code, untilMs }: Veto, nowMs: number): boolean {
  if (code === 'preparing') return false;
  return untilMs === null || !(untilMs - nowMs <= ARMING.forMs);
}

/** What the card itself has against it, beside its heat. */
export function cardVetoes(
  state: CardState | null,
  reading: Reading<GpuReading> | null,
  node: NodeFacts,
  nowMs: number,
): Veto[] {
  const card = known(reading, STALE_MS.gpus, nowMs);
  if (card?.state === 'lost') return [LOST];
  // What the engine holds of it already is not missing.
  if (state?.phase !== 'arming' || node.holdsMemory) return [];
  return isMemoryShort(card) ? [veto('memory-short')] : [];
}

/** False while nobody knows. */
export function isMemoryShort(card: GpuReading | null): boolean {
  if (card === null) return false;
  const { memoryTotalBytes: total, memoryUsedBytes: used } = card;
  if (total === null || used === null) return false;
  return total - used < Math.min(total * MEMORY_SHORT.part, MEMORY_SHORT.bytes);
}
