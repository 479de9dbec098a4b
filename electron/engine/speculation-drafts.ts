/** When a small model is worth asking how one answer goes on, and what is left of what it said. */
import type { Draft } from './model-context.ts';
import {
  FIRST_DRAFT_CHANCE,
  guessesWorth,
  judgedOne,
  MOST_GUESSED,
  withDrafting,
  type StepCosts,
} from './speculation-rule.ts';

export interface Drafts {
  /** Tokens to ask the small model for; 0 where that is not worth its time. @param room tokens that the answer may still get */
  wanted(most: number, room: number): number;
  /** It has said what it expects next; null while it is still reading. */
  came(tokens: readonly number[] | null): void;
  /** What it expects from here on and nobody has checked yet. */
  left(): readonly number[];
  /** The answer has got this token. */
  saw(token: number): void;
}

/** A text changes its kind: what did not pay is tried again after so many tokens. */
const TRY_AGAIN_TOKENS = 64;
/** Whoever comes meanwhile waits for its guesses to end. */
const GUESSES_MS = 100;
/** Most answers are no longer, whatever they may be. */
const USUAL_TOKENS = 200;
/** Of the time that the answer takes, which reading the prompt once more may take. */
const READING_PART = 0.25;

/** @param prompt its length in tokens, which the small model has to read as well */
export function createDrafts(
  stepCosts: StepCosts,
  { tokenMs, readMs }: Pick<Draft, 'tokenMs' | 'readMs'>,
  prompt: number,
): Drafts {
  const costs = withDrafting(stepCosts, tokenMs);
  const inTime = Math.floor(GUESSES_MS / tokenMs);
  const singleMs = stepCosts[0]?.ms ?? 0;
  let chance = FIRST_DRAFT_CHANCE;
  let waiting: readonly number[] = [];
  let isAsked = false;
  let isRead = false;
  let unasked = 0;

  const isWorthReading = (room: number): boolean =>
    prompt * readMs <= READING_PART * singleMs * Math.min(room, USUAL_TOKENS);

  return {
    wanted(most, room) {
      // One that is still reading must not keep the answer waiting.
      if (isAsked || !(isRead || isWorthReading(room))) return 0;
      if (unasked >= TRY_AGAIN_TOKENS) chance = Math.max(chance, FIRST_DRAFT_CHANCE);
      return guessesWorth(costs, chance, Math.min(most, inTime, MOST_GUESSED));
    },
    came(tokens) {
      isAsked = true;
      if (tokens === null) return;
      isRead = true;
      unasked = 0;
      waiting = tokens;
      // It expects the end, which is right once at most.
      if (tokens.length === 0) chance = judgedOne(chance, false);
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
