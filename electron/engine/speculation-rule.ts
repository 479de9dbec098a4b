/** How many guessed tokens are worth checking in one step, from what steps cost and how often guesses were right. */

/** What a step for one answer took with so many tokens in it. */
export interface StepCost {
  readonly tokens: number;
  readonly ms: number;
}

/** By tokens, ascending; the first is that of a single token, without which nothing can be compared. */
export type StepCosts = readonly StepCost[];

/** Steps of more tokens were not measured. */
export const MOST_STEP_TOKENS = 8;
export const MOST_GUESSED = MOST_STEP_TOKENS - 1;

/** Less than this is lost again to the error of the measurement. */
const WORTH = 1.1;
/** Before anything is known of a small model's guesses: good ones are right two times in three. */
export const FIRST_DRAFT_CHANCE = 0.65;
/** Of guesses in a text that repeats itself; where not even these pay, none do. */
const GOOD_CHANCE = 0.8;

/**
 * The number of guesses with which an answer is expected to be written fastest: with a chance of `c` each, `n` of them
 * bring `1 + c + c^2 + ... + c^n` tokens a step.
 * @param chance that a guess is right when all before it were
 * @returns 0 where a step with guesses is not clearly worth its price, or its price is not known
 */
export function guessesWorth(costs: StepCosts, chance: number, most: number): number {
  const single = costOf(costs, 1);
  if (single === null || single <= 0) return 0;
  let best = { guesses: 0, gain: WORTH };
  let tokens = 1;
  for (let guesses = 1; guesses <= most; guesses += 1) {
    tokens += chance ** guesses;
    const ms = costOf(costs, guesses + 1);
    if (ms === null) break;
    const gain = (tokens * single) / ms;
    if (gain > best.gain) best = { guesses, gain };
  }
  return best.guesses;
}

/** Whether guessing can pay with this model on this device at all. */
export function pays(costs: StepCosts): boolean {
  return guessesWorth(costs, GOOD_CHANCE, MOST_GUESSED) > 0;
}

/** The same where another model has to be asked for each guess, which also takes its time. */
export function withDrafting(costs: StepCosts, tokenMs: number): StepCosts {
  return costs.map(({ tokens, ms }) => ({ tokens, ms: ms + (tokens - 1) * tokenMs }));
}

/** Whether a small model that takes so long for each guess is worth its memory. */
export function draftPays(costs: StepCosts, tokenMs: number): boolean {
  return guessesWorth(withDrafting(costs, tokenMs), FIRST_DRAFT_CHANCE, MOST_GUESSED) > 0;
}

/**
 * With how many guesses a step is over within `limitMs`, when steps now take so much longer or shorter than when they
 * were measured as the last ones did: texts become long, and others use the device too.
 * @param lately steps of one answer, with their guesses
 */
export function mostGuessed(costs: StepCosts, lately: StepCosts, limitMs: number): number {
  const ratios = lately.flatMap(({ tokens, ms }) => {
    const known = costOf(costs, tokens);
    return known === null || known <= 0 ? [] : [ms / known];
  });
  // One slow step is chance, two in a row are not.
  const slowness = ratios.toSorted((a, b) => a - b)[Math.floor((ratios.length - 1) / 2)] ?? 1;
  let most = 0;
  while (most < MOST_GUESSED && slowness * (costOf(costs, most + 2) ?? Infinity) <= limitMs) {
    most += 1;
  }
  return most;
}

/** Milliseconds, on the line between the two nearest that were measured; null beyond them. */
function costOf(costs: StepCosts, tokens: number): number | null {
  const above = costs.find((cost) => cost.tokens >= tokens);
  const below = costs.findLast((cost) => cost.tokens <= tokens);
  if (above === undefined || below === undefined) return null;
  if (above.tokens === below.tokens) return above.ms;
  const share = (tokens - below.tokens) / (above.tokens - below.tokens);
  return below.ms + share * (above.ms - below.ms);
}

/** How often guesses were right lately, by how much of the text before them was the same. */
export type Chances = readonly [few: number, some: number, many: number];

/** Two tokens in common are chance more often than not, a sentence is a copy. */
export const FIRST_CHANCES: Chances = [0.3, 0.5, 0.8];
const SOME_FROM = 4;
const MANY_FROM = 8;
/** One in so many of the last ones: a text can change its kind from one paragraph to the next. */
const MEMORY = 8;

export function chanceOf([few, some, many]: Chances, matched: number): number {
  if (matched >= MANY_FROM) return many;
  return matched >= SOME_FROM ? some : few;
}

/** The chances once a guess that followed so many common tokens was right or wrong. */
export function judged([few, some, many]: Chances, matched: number, isRight: boolean): Chances {
  const moved = (chance: number) => judgedOne(chance, isRight);
  if (matched >= MANY_FROM) return [few, some, moved(many)];
  return matched >= SOME_FROM ? [few, moved(some), many] : [moved(few), some, many];
}

/** A chance of its own, once a guess was right or wrong. */
export function judgedOne(chance: number, isRight: boolean): number {
  return chance + (Number(isRight) - chance) / MEMORY;
}
