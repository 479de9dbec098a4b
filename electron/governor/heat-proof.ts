/** Proves once that a card's sensor is alive: a card that begins to compute becomes warmer. */
import { PROOF } from './heat-policy.ts';

/** Plain data. */
export interface Proof {
  /** The extremes seen so far; null before the first temperature. */
  readonly least: number | null;
  readonly most: number | null;
  /** Computing without a break, counted at `PROOF.duty`. */
  readonly workMs: number;
}

export const NO_PROOF: Proof = { least: null, most: null, workMs: 0 };

export interface Work {
  /** Null when none is known now. */
  readonly celsius: number | null;
  readonly isComputing: boolean;
  /** Its load says nothing of that. */
  readonly isMuffled: boolean;
  /** What the card says of itself; null when it does not. */
  readonly loadPercent: number | null;
  readonly duty: number;
  readonly passedMs: number;
}

export function prove(before: Proof, work: Work): Proof {
  const { celsius, passedMs } = work;
  const share = Math.min(1, work.duty / PROOF.duty);
  // Relays that come and go do not warm a card.
  const isAtWork = work.isComputing && (work.loadPercent ?? Infinity) >= PROOF.loadPercent;
  const workMs = isAtWork ? before.workMs + passedMs * share : 0;
  return {
    least: celsius === null ? before.least : Math.min(celsius, before.least ?? celsius),
    most: celsius === null ? before.most : Math.max(celsius, before.most ?? celsius),
    workMs: work.isMuffled ? before.workMs : workMs,
  };
}

/** A card that moved once is alive, however well it holds its temperature later on. */
export function isFrozen({ least, most, workMs }: Proof): boolean {
  if (least === null || most === null) return false;
  return most - least < PROOF.degrees && workMs >= PROOF.workMs;
}
