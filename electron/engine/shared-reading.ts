/** Who reads a prompt for others: requests of one key that begin alike wait while the first of them reads. */
import type { CacheKey } from './cache-key.ts';
import { commonPrefix } from './slots.ts';
import type { Running, Slot } from './step-plan.ts';

export interface Reader {
  readonly slot: Slot;
  /** How far its prompt and the other one are alike: what it will have read for both. */
  readonly reach: number;
}

/** What is asked about: a prompt that is to be read, from its token number `known` on. */
export interface Wish {
  readonly prompt: readonly number[];
  readonly known: number;
  readonly canWait: boolean;
  /** Tokens that are worth waiting for. */
  readonly least: number;
}

/**
 * The one who is reading most of what is wished for, and has not read all of that yet.
 * @param others slots that belong to the same key, without the one that wishes
 * @returns null when waiting for nobody is worth it
 */
export function readerFor(others: readonly Slot[], wish: Wish): Reader | null {
  let best: Reader | null = null;
  for (const slot of others) {
    const { running } = slot;
    if (running === null || !isReading(running)) continue;
    const { prompt, request } = running.generation;
    // Nobody waits for one who may be kept waiting longer.
    if (request.priority === 'can-wait' && !wish.canWait) continue;
    const ends = Math.min(prompt.length, wish.prompt.length) - 1;
    const reach = Math.min(commonPrefix(prompt, wish.prompt), ends);
    const isWorthIt = reach - wish.known >= wish.least && running.evaluated < reach;
    if (isWorthIt && reach > (best?.reach ?? 0)) best = { slot, reach };
  }
  return best;
}

/** Its prompt is not read to the end, and it is getting on with it. */
function isReading({ generation, source, isWaiting }: Running): boolean {
  return source === null && !isWaiting && !generation.ended && !generation.held;
}

/** @param keys whose state each slot holds */
export function slotsOf(
  keys: ReadonlyMap<Slot, CacheKey | null>,
  key: CacheKey | null,
  besides: Slot | null,
): readonly Slot[] {
  if (key === null) return [];
  return [...keys].filter(([slot, of]) => of === key && slot !== besides).map(([slot]) => slot);
}
