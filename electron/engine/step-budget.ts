/** How many prompt tokens the next step may read, from how long the last ones took. */
import type { StepCost } from './speculation-rule.ts';

export interface StepSample {
  /** Prompt tokens that were read. */
  readonly prompt: number;
  /** How many it could have been. */
  readonly offered: number;
  /** Answers that got a token. */
  readonly writers: number;
  /** Tokens that were checked beside; left out, none. Beside prompts there are none. */
  readonly guessed?: number;
  readonly ms: number;
}

/** The last steps that tell something, newest last; steps without prompts come in thousands, hence apart. */
export interface StepHistory {
  readonly reads: readonly StepSample[];
  /** Without guesses: beside prompts there are none, so that others say nothing about a step with them. */
  readonly writes: readonly StepSample[];
  /** Steps of one answer and nothing else, its guesses included. */
  readonly alone: readonly StepCost[];
}

export const NO_STEPS: StepHistory = { reads: [], writes: [], alone: [] };

export interface NextStep {
  /** Answers that will get a token. */
  readonly writers: number;
  readonly isForRelays: boolean;
  /** What a batch of this model can hold. */
  readonly most: number;
}

/** Nothing is known yet: a large model on an old processor takes half a second for so many. */
const FIRST_TOKENS = 16;
/** With three any prompt comes to its end, see `prefillChunk`; four leave room for an odd one. */
export const LEAST_TOKENS = 4;
/** An answer that stands still for longer is seen to stutter. */
const WRITING_MS = 50;
/** Nobody sees a step in which prompts are read; what is cancelled has to wait for its end. */
const READING_MS = 100;
/** A relay has to be out of the way within half a second, everything that it takes to notice included. */
export const RELAYS_MS = 250;
/** The step may grow by no more at once, for the cost of a token is only known for pieces of that size. */
const GROWTH = 2;
/** One slow step is chance, two in a row are not. */
const REMEMBERED = 5;
const RECENT = 3;
/** Where reading looks free beside writing, it is only within the error of the clock. */
const LEAST_PART = 1 / 8;

/** The history with one step more. */
export function withStep(history: StepHistory, sample: StepSample): StepHistory {
  const { reads } = history;
  if (sample.prompt === 0) return sample.writers === 0 ? history : withWriting(history, sample);
  // The rest of a prompt says what a small piece costs, and a token of a small piece costs more.
  const isTelling = sample.prompt >= sample.offered / 2;
  return isTelling ? { ...history, reads: newest(reads, sample) } : history;
}

function withWriting({ reads, writes, alone }: StepHistory, sample: StepSample): StepHistory {
  const { writers, guessed = 0, ms } = sample;
  return {
    reads,
    writes: guessed === 0 ? newest(writes, sample) : writes,
    alone: writers === 1 ? [...alone, { tokens: 1 + guessed, ms }].slice(-RECENT) : alone,
  };
}

/**
 * A step costs what its writers cost, which is known from steps in which nothing was read, and so much for each
 * token that is read, with what reading costs in any case shared among them: for pieces of the size that was measured
 * that is exact, for larger ones it is too much, so that the size comes near its limit from below.
 * @returns at least `LEAST_TOKENS`, however slow the model is
 */
export function promptTokens(history: StepHistory, next: NextStep): number {
  const { reads } = history;
  if (reads.length === 0) return Math.min(FIRST_TOKENS, next.most);
  const costs = reads.map((read) => tokenCost(history, read));
  // Slower counts at once, faster when it has stayed.
  const costMs = Math.max(median(costs), median(costs.slice(-RECENT)));
  const largest = Math.max(FIRST_TOKENS, ...reads.map(({ prompt }) => prompt));
  const room = Math.floor(timeForPrompts(history, next) / Math.max(costMs, Number.EPSILON));
  return Math.max(LEAST_TOKENS, Math.min(next.most, GROWTH * largest, room));
}

/** Milliseconds of the step that may go into prompts. */
function timeForPrompts(history: StepHistory, { writers, isForRelays }: NextStep): number {
  const takenMs = writersCost(history, writers);
  const aimMs = writers > 0 ? WRITING_MS : READING_MS;
  // Where a single token takes longer than that, a prompt must still be read in this life.
  const partMs = Math.max(aimMs - takenMs, writersCost(history, Math.max(1, writers)));
  return isForRelays ? Math.min(partMs, Math.max(0, RELAYS_MS - takenMs)) : partMs;
}

function tokenCost(history: StepHistory, { prompt, writers, ms }: StepSample): number {
  return Math.max(ms - writersCost(history, writers), ms * LEAST_PART) / prompt;
}

/** What so many writers cost by themselves; 0 as long as nobody has written. */
function writersCost({ reads, writes }: StepHistory, writers: number): number {
  if (writers === 0) return 0;
  // More of them never cost more than each of them alone.
  const known = writes.map((write) => write.ms * Math.max(1, writers / write.writers));
  if (known.length === 0) return 0;
  const knownMs = median(known);
  // A step in which as many wrote and something was read cost more: otherwise they have become faster since.
  const boundMs = Math.min(...reads.filter((read) => read.writers >= writers).map(({ ms }) => ms));
  return knownMs <= boundMs ? knownMs : boundMs / 2;
}

function newest(samples: readonly StepSample[], sample: StepSample): readonly StepSample[] {
  return [...samples, sample].slice(-REMEMBERED);
}

/** The lower one of two in the middle: an even number says nothing against the faster one. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
