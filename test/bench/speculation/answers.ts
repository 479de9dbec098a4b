/** Answers through the whole scheduler, with guesses and without them, from the same loaded model. */
import type { ModelContext } from '../../../electron/engine/model-context.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { createScheduler } from '../../../electron/engine/scheduler.ts';
import type { StepCosts } from '../../../electron/engine/speculation-rule.ts';
import { systemClock } from '../../../electron/platform/clock.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';

const STEP_MS = 60_000;
const REPEATED = 6;
const TEXT =
  'The old mill by the river had three doors. The first door was red and led to the grain. The second door was ' +
  'green and led to the wheel. The third door was blue and led to the room where the miller slept. ';

export interface Kind {
  readonly name: string;
  readonly temperature: number;
  prompt(seed: number): string;
}

export const KINDS: readonly Kind[] = [
  { name: 'a text with one word changed, greedy', temperature: 0, prompt: copyPrompt },
  { name: 'a text with one word changed, sampled', temperature: 0.7, prompt: copyPrompt },
  {
    ...{ name: 'a story, greedy', temperature: 0 },
    prompt: (seed) => `Write a long story in many chapters about traveller number ${String(seed)}.`,
  },
];

function copyPrompt(seed: number): string {
  const text = TEXT.repeat(REPEATED);
  return `Text ${String(seed)}: ${text}\nCopy the whole text word for word, but write "house" instead of "mill".`;
}

export interface Measured {
  readonly tokensPerSecond: number;
  readonly tokensPerStep: number;
}

export interface Subject {
  readonly context: ModelContext;
  readonly prefillTokens: number;
  /** Batches so far. */
  batches(): number;
}

/**
 * Time counts from the first token on, so that reading the prompt does not.
 * @param stepCosts null to guess nothing
 * @returns null when the answer came out too short to say anything
 */
export async function measureAnswer(
  subject: Subject,
  stepCosts: StepCosts | null,
  { temperature, prompt }: Kind,
  { seed, maxTokens }: { readonly seed: number; readonly maxTokens: number },
): Promise<Measured | null> {
  const scheduler = createScheduler(
    { ...subject.context, stepCosts: stepCosts ?? undefined },
    {
      ...{ clock: systemClock, drawSeed: () => seed },
      onBroken(error) {
        throw error;
      },
    },
    { prefillTokens: subject.prefillTokens, waiting: 1, together: true, stepMs: STEP_MS },
  );
  const request: EngineRequest = {
    turns: [{ role: 'user', text: prompt(seed) }],
    sampling: { ...DEFAULT_SAMPLING, temperature, seed },
    ...{ maxTokens, stop: [], isReplayable: true, cacheKey: 'bench' },
  };
  try {
    let first = { ms: 0, batches: 0 };
    let tokens = 0;
    const last = await new Promise<{ readonly ms: number; readonly batches: number }>(
      (resolve, reject) => {
        scheduler.submit(request, {
          onEvent(event) {
            const now = { ms: performance.now(), batches: subject.batches() };
            if (event.type === 'tokens' && tokens === 0) first = now;
            if (event.type === 'tokens') tokens += event.tokenIds.length;
            if (event.type === 'end') resolve(now);
          },
          onError: reject,
        });
      },
    );
    if (tokens < maxTokens / 2) return null;
    return {
      tokensPerSecond: ((tokens - 1) * 1000) / (last.ms - first.ms),
      tokensPerStep: (tokens - 1) / Math.max(1, last.batches - first.batches),
    };
  } finally {
    await scheduler.dispose();
  }
}
