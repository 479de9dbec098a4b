/** How many prompt tokens the next step may read, from how long the last ones took. */
import type { StepCost } from './speculation-rule.ts';
import { costOf, median, NO_WIDTHS, withWidth, type WidthCosts } from './step-widths.ts';

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

/** What is known from the last steps, newest last; steps without prompts come in thousands, hence apart. */
export interface StepHistory {
  /** What reading pieces of a prompt takes, without the answers that were written beside. */
  readonly reads: WidthCosts;
  /** Whole steps in which something was read. */
  readonly reading: readonly Pick<StepSample, 'writers' | 'ms'>[];
  /** Without guesses: beside prompts there are none, so that others say nothing about a step with them. */
  readonly writes: readonly StepSample[];
  /** Steps of one answer and nothing else, its guesses included. */
  readonly alone: readonly StepCost[];
}

export const NO_STEPS: StepHistory = { reads: NO_WIDTHS, reading: [], writes: [], alone: [] };

export interface NextStep {
  /** Answers that will get a token. */
  readonly writers: number;
  readonly isForRelays: boolean;
  /** What a batch of this model can hold. */
  readonly most: number;
}

/** With three any prompt comes to its end, see `prefillChunk`; four leave room for an odd one. */
export const LEAST_TOKENS = 4;
/** Each is twice the one before: kernels have favourite widths, which are powers of two. */
const GROWTH = 2;
/** Nothing is known yet: a large model on an old processor takes half a second for so many. */
const FIRST_TOKENS = 16;
/** An answer that stands still for longer is seen to stutter. */
const WRITING_MS = 50;
/** Nobody sees a step in which prompts are read; what is cancelled has to wait for its end. */
const READING_MS = 100;
/** A relay has to be out of the way within half a second, everything that it takes to notice included. */
export const RELAYS_MS = 250;
/** So many times its time may a piece take that is worth it, see `PAYS`, and so long at most. */
const STRETCH = 3;
const STRETCHED_MS = 300;
/** The same for relays: an engine that does not stand still within 250 ms is killed. */
const RELAYS_STRETCHED_MS = 200;
/** Where even the smallest piece takes longer than that: so many times the smallest one. */
const LEAST_STRETCH = 1.5;
/**
 * A piece of twice the width is worth more time than it should have when a token of it costs at most this part:
 * below some width processors compute a prompt as if it were written, several times as slow.
 */
const PAYS = 0.8;
/** The same for a width that has yet to be tried. */
const MAY_PAY = 0.9;
/** Above this no processor computes a token much cheaper. */
const WIDEST_STRETCHED = 64;
const REMEMBERED = 5;
const RECENT = 3;
/** Where reading looks free beside writing, it is only within the error of the clock. */
const LEAST_PART = 1 / 8;
/** Milliseconds that are worth saving a state and bringing it back; few tokens take the time of opening two files. */
const BRINGING_MS = 32;
const LEAST_BROUGHT = 8;
const MOST_BROUGHT = 64;
/** What is read instead of a whole piece says as much about it. */
const TELLING_PART = 3 / 4;

/** The history with one step more. */
export function withStep(history: StepHistory, sample: StepSample): StepHistory {
  const { prompt, offered, writers, ms } = sample;
  if (prompt === 0) return writers === 0 ? history : withWriting(history, sample);
  // The rest of a prompt says what a small piece costs, and a token of a small piece costs more.
  if (prompt < offered * TELLING_PART) return history;
  const reading = [...history.reading, { writers, ms }].slice(-REMEMBERED);
  const takenMs = writersCost({ ...history, reading }, writers);
  const pieceMs = Math.max(ms - takenMs, ms * LEAST_PART);
  return { ...history, reading, reads: withWidth(history.reads, offered, pieceMs) };
}

function withWriting(history: StepHistory, sample: StepSample): StepHistory {
  const { writes, alone } = history;
  const { writers, guessed = 0, ms } = sample;
  return {
    ...history,
    writes: guessed === 0 ? [...writes, sample].slice(-REMEMBERED) : writes,
    alone: writers === 1 ? [...alone, { tokens: 1 + guessed, ms }].slice(-RECENT) : alone,
  };
}

/**
 * The largest piece that a step has time for, or a larger one where its tokens are so much cheaper that taking longer
 * for fewer pieces is better for everybody.
 * @returns at least `LEAST_TOKENS`, however slow the model is
 */
export function promptTokens(history: StepHistory, next: NextStep): number {
  const { reads } = history;
  if (reads.length === 0) return Math.min(FIRST_TOKENS, next.most);
  const { aimMs, mostMs } = timeForPrompts(history, next);
  const largest = Math.max(...reads.map(({ tokens }) => tokens));
  // What a width costs that was never tried is only known for the next one.
  const widths = widthsTo(next.most).filter((tokens) => tokens <= GROWTH * largest);
  const usual = widths.findLast((tokens) => costOf(reads, tokens) <= aimMs) ?? LEAST_TOKENS;
  const limitMs = Math.max(mostMs, LEAST_STRETCH * costOf(reads, LEAST_TOKENS));
  const wider = widths.filter((tokens) => tokens > usual && tokens <= WIDEST_STRETCHED);
  const better = wider.findLast(
    (tokens) => costOf(reads, tokens) <= limitMs && isWorthIt(reads, usual, tokens),
  );
  return better ?? usual;
}

function isWorthIt(reads: WidthCosts, usual: number, wider: number): boolean {
  const tokenMs = (tokens: number): number => costOf(reads, tokens) / tokens;
  const isTried = reads.some(({ tokens }) => tokens === wider);
  if (isTried) return tokenMs(wider) <= tokenMs(usual) * PAYS ** Math.log2(wider / usual);
  const widest = reads.at(-1)?.tokens ?? usual;
  // Where one width is known, nobody knows what another one costs.
  return reads.length === 1 || wider < widest || tokenMs(wider) <= tokenMs(widest) * MAY_PAY;
}

/** Tokens that take so long to read that bringing their state from elsewhere spares time. */
export function tokensWorthBringing({ reads }: StepHistory): number {
  const tokenMs = Math.min(...reads.map(({ tokens }) => costOf(reads, tokens) / tokens));
  const worth = Number.isFinite(tokenMs) ? Math.ceil(BRINGING_MS / tokenMs) : MOST_BROUGHT;
  return Math.min(MOST_BROUGHT, Math.max(LEAST_BROUGHT, worth));
}

function widthsTo(most: number): readonly number[] {
  const widths: number[] = [];
  for (let tokens = LEAST_TOKENS; tokens < most; tokens *= GROWTH) widths.push(tokens);
  return [...widths, most];
}

/** Milliseconds of the step that should go into prompts, and that may where it is worth it. */
function timeForPrompts(history: StepHistory, { writers, isForRelays }: NextStep) {
  const takenMs = writersCost(history, writers);
  const wantedMs = writers > 0 ? WRITING_MS : READING_MS;
  // Where a single token takes longer than that, a prompt must still be read in this life.
  const partMs = Math.max(wantedMs - takenMs, writersCost(history, Math.max(1, writers)));
  const aimMs = isForRelays ? Math.min(partMs, Math.max(0, RELAYS_MS - takenMs)) : partMs;
  const stretchedMs = isForRelays ? RELAYS_STRETCHED_MS - takenMs : STRETCHED_MS;
  return { aimMs, mostMs: Math.max(aimMs, Math.min(STRETCH * partMs, stretchedMs)) };
}

/** What so many writers cost by themselves; 0 as long as nobody has written. */
function writersCost({ writes, reading }: StepHistory, writers: number): number {
  if (writers === 0) return 0;
  // More of them never cost more than each of them alone.
  const known = writes.map((write) => write.ms * Math.max(1, writers / write.writers));
  if (known.length === 0) return 0;
  const knownMs = median(known);
  // A step in which as many wrote and something was read cost more: otherwise they have become faster since.
  const boundMs = Math.min(
    ...reading.filter((read) => read.writers >= writers).map(({ ms }) => ms),
  );
  return knownMs <= boundMs ? knownMs : boundMs / 2;
}
