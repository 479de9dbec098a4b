/** Runs the current model for some seconds: how fast it reads a prompt, writes alone, and writes four answers. */
import { AppError } from '../platform/app-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../protocol/generate.ts';
import type { NodeAnswers } from './compose-engine.ts';

export interface MeasurePorts {
  readonly engine: NodeAnswers;
  readonly clock: Pick<Clock, 'after'>;
  readonly random: Random;
}

export interface Rates {
  readonly promptTokensPerSecond: number;
  readonly tokensPerSecond: number;
  readonly fourTokensPerSecond: number;
}

/** A step that takes longer ends, and what came by then counts. */
const STEP_MS = 8_000;
const SHORT_PROMPT_WORDS = 60;
const LONG_PROMPT_WORDS = 400;
/** A short prompt that was read faster than this says little. */
const QUICK_MS = 1_500;
const ANSWER_TOKENS = 96;
const SHARED_TOKENS = 64;
/** Models end an answer when they like; so many tokens make a rate. */
const ENOUGH_TOKENS = 48;
const MOST_TRIES = 4;
const SIDE_BY_SIDE = 4;
/** Nothing that anybody asked is reused, and nothing of this stays in their way. */
const CACHE_KEY = 'calibration';

const WORDS = ['river', 'stone', 'seven', 'green', 'paper', 'quiet', 'window', 'north', 'apple'];
const COUNT = 'Count from one to three hundred in words, one after the other, and do not stop.';

type End = Extract<GenerateEvent, { type: 'end' }>;

/**
 * @param onProgress 0 to 1
 * @throws AppError `cancelled` once `signal` aborts, or why the model cannot run
 */
export async function measureModel(
  ports: MeasurePorts,
  signal: AbortSignal,
  onProgress: (value: number) => void,
): Promise<Rates> {
  onProgress(0.05);
  // Loads the model, and is not counted.
  await ask(ports, COUNT, 4, signal);
  onProgress(0.3);
  const promptTokensPerSecond = await promptRate(ports, signal);
  onProgress(0.5);
  const tokensPerSecond = await rateOf(ports, 1, ANSWER_TOKENS, signal);
  onProgress(0.75);
  const fourTokensPerSecond = await rateOf(ports, SIDE_BY_SIDE, SHARED_TOKENS, signal);
  onProgress(1);
  return { promptTokensPerSecond, tokensPerSecond, fourTokensPerSecond };
}

async function promptRate(ports: MeasurePorts, signal: AbortSignal): Promise<number> {
  const short = await ask(ports, words(ports.random, SHORT_PROMPT_WORDS), 1, signal);
  const isSlow = short.timings.prefillMs > QUICK_MS;
  const end = isSlow ? short : await ask(ports, words(ports.random, LONG_PROMPT_WORDS), 1, signal);
  const read = end.counts.prompt - end.counts.cached;
  if (end.counts.output === 0 || end.timings.prefillMs <= 0) throw tooSlow();
  return (read * 1000) / end.timings.prefillMs;
}

/** Tokens a second of so many answers together. */
async function rateOf(
  ports: MeasurePorts,
  answers: number,
  maxTokens: number,
  signal: AbortSignal,
): Promise<number> {
  let tokens = 0;
  let ms = 0;
  for (let count = 0; count < MOST_TRIES && tokens < ENOUGH_TOKENS * answers; count += 1) {
    const ends = await Promise.all(
      Array.from({ length: answers }, () => ask(ports, COUNT, maxTokens, signal)),
    );
    // The first token belongs to the prompt.
    tokens += ends.reduce((sum, { counts }) => sum + Math.max(0, counts.output - 1), 0);
    ms += Math.max(...ends.map(writingMs));
    if (ends.some(({ reason }) => reason === 'cancelled')) break;
  }
  if (tokens === 0 || ms <= 0) throw tooSlow();
  return (tokens * 1000) / ms;
}

function writingMs({ timings }: End): number {
  return timings.firstTokenMs === null ? 0 : timings.totalMs - timings.firstTokenMs;
}

async function ask(
  { engine, clock }: MeasurePorts,
  text: string,
  maxTokens: number,
  signal: AbortSignal,
): Promise<End> {
  const timeout = new AbortController();
  let stopTimer: (() => void) | null = null;
  const request = {
    turns: [{ role: 'user', text }],
    sampling: { ...DEFAULT_SAMPLING, temperature: 1, seed: 1 },
    maxTokens,
    stop: [],
    cacheKey: CACHE_KEY,
  } as const;
  try {
    const both = AbortSignal.any([signal, timeout.signal]);
    for await (const event of engine.generate(request, both)) {
      // Loading a model takes what it takes; from here on it is the model's own time.
      stopTimer ??= clock.after(STEP_MS, () => {
        timeout.abort();
      });
      if (signal.aborted) throw new AppError('cancelled');
      if (event.type === 'end') return event;
    }
  } finally {
    stopTimer?.();
  }
  throw new AppError('cancelled');
}

function words(random: Random, count: number): string {
  const list = Array.from(random.bytes(count), (byte) => WORDS[byte % WORDS.length] ?? '');
  return `${random.id()} Say yes. ${list.join(' ')}`;
}

function tooSlow(): AppError {
  const details = 'The model wrote nothing in the time that a measurement may take.';
  return new AppError('model-load-failed', { details });
}
