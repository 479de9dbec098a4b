/** What is guessed of one answer, and how often that was right: also guesses that nobody paid for are judged. */
import type { Drafts } from './speculation-drafts.ts';
import { lookUp, NO_GUESS, type Guess } from './speculation-lookup.ts';
import {
  chanceOf,
  FIRST_CHANCES,
  guessesWorth,
  judged,
  MOST_GUESSED,
  type Chances,
  type StepCosts,
} from './speculation-rule.ts';

export interface Guesses {
  /** The prompt and what has been written. */
  readonly text: readonly number[];
  /** Of a small model; null where there is none. */
  readonly drafts: Drafts | null;
  /** Tokens that are worth checking together with the next one. @param most that the answer has room for */
  next(most: number): readonly number[];
  /** The answer has got this token. */
  saw(token: number): void;
}

export function createGuesses(
  costs: StepCosts,
  prompt: readonly number[],
  drafts: Drafts | null = null,
): Guesses {
  const text = [...prompt];
  let guess: Guess = NO_GUESS;
  /** Of the guess's tokens, those that were right so far. */
  let right = 0;
  let chances: Chances = FIRST_CHANCES;

  return {
    text,
    drafts,
    next(most) {
      const drafted = drafts?.left() ?? [];
      if (drafted.length > 0) return drafted.slice(0, Math.max(0, most));
      guess = lookUp(text, MOST_GUESSED);
      right = 0;
      if (guess.tokens.length === 0) return [];
      const chance = chanceOf(chances, guess.matched);
      return guess.tokens.slice(0, guessesWorth(costs, chance, Math.min(most, MOST_GUESSED)));
    },
    saw(token) {
      text.push(token);
      drafts?.saw(token);
      const guessed = guess.tokens[right];
      if (guessed === undefined) return;
      const isRight = guessed === token;
      chances = judged(chances, guess.matched, isRight);
      if (isRight) right += 1;
      else guess = NO_GUESS;
    },
  };
}
