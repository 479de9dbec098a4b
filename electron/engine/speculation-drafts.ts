/** When a small model is worth asking how one answer goes on, and what is left of what it said. */
import {
  FIRST_DRAFT_CHANCE,
  guessesWorth,
  judgedOne,
  MOST_GUESSED,
  type StepCosts,
} from './speculation-rule.ts';

export interface Drafts {
  /** Tokens to ask the small model for; 0 where that is not worth its time. */
  wanted(most: number): number;
  /** It has said what it expects next; nothing while it is still reading. */
  came(tokens: readonly number[]): void;
  /** What it expects from here on and nobody has checked yet. */
  left(): readonly number[];
  /** The answer has got this token. */
  saw(token: number): void;
}

/** A text changes its kind: what did not pay is tried again after so many tokens. */
const TRY_AGAIN_TOKENS = 64;

/** @param costs of a step with what its guesses cost to get */
export function createDrafts(costs: StepCosts): Drafts {
  let chance = FIRST_DRAFT_CHANCE;
  let waiting: readonly number[] = [];
  let isAsked = false;
  let unasked = 0;

  return {
    wanted(most) {
      // One that is still reading must not keep the answer waiting.
      if (isAsked) return 0;
      if (unasked >= TRY_AGAIN_TOKENS) chance = Math.max(chance, FIRST_DRAFT_CHANCE);
      return guessesWorth(costs, chance, Math.min(most, MOST_GUESSED));
    },
    came(tokens) {
      isAsked = true;
      unasked = 0;
      waiting = tokens;
    },
    left: () => waiting,
    saw(token) {
      isAsked = false;
      unasked += 1;
      const [guessed] = waiting;
      if (guessed === undefined) return;
      const isRight = guessed === token;
      chance = judgedOne(chance, isRight);
      waiting = isRight ? waiting.slice(1) : [];
    },
  };
}
