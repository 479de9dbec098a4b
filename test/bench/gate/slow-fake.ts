/** The real scheduler over a model that is far too slow for the pieces in which prompts used to be read. */
import { createScheduler } from '../../../electron/engine/scheduler.ts';
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { DEFAULT_SAMPLING } from '../../../electron/protocol/generate.ts';
import { createByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';
import { createChooser } from '../../fakes/step-queue.ts';

/** What a step held at most before it adapted, and what such a step takes on this fake. */
const OLD_CHUNK = 32;
const OLD_STEP_MS = 400;
const TOKEN_MS = OLD_STEP_MS / OLD_CHUNK;
const PROMPT_TOKENS = 2000;
/** By then it has adapted. */
const LEARNING_STEPS = 4;

export interface SlowRun {
  /** Prompt tokens of each step, in order. */
  readonly chunks: readonly number[];
  readonly stepMs: readonly number[];
}

/** Reads one long prompt, beside an answer that is written or alone. */
export async function runSlowFake(isBesideWriter: boolean): Promise<SlowRun> {
  const clock = createManualClock();
  const chunks: number[] = [];
  const plain = createByteModel({ contextTokens: 8000, sequences: 2, next: () => 97 });
  const sequences = plain.sequences.map((port) => ({
    ...port,
    async prefill(tokens: readonly number[]) {
      await port.prefill(tokens);
      chunks.push(tokens.length);
      clock.advance(tokens.length * TOKEN_MS);
    },
    open(tokens: readonly number[], options: Parameters<typeof port.open>[1]) {
      const source = port.open(tokens, options);
      return {
        next() {
          clock.advance(TOKEN_MS);
          return source.next();
        },
        close: () => source.close(),
      };
    },
  }));
  const scheduler = createScheduler(
    { ...plain, sequences },
    { clock, drawSeed: () => 1, onBroken: () => undefined },
    { prefillTokens: 512, waiting: 4, together: true, stepMs: 600_000 },
  );
  const ask = (text: string, maxTokens: number) =>
    new Promise<void>((resolve, reject) => {
      const request: EngineRequest = {
        turns: [{ role: 'user', text }],
        sampling: { ...DEFAULT_SAMPLING, seed: 1 },
        maxTokens,
        stop: [],
      };
      scheduler.submit(request, {
        onEvent(event) {
          if (event.type === 'end') resolve();
        },
        onError: reject,
      });
    });
  const writer = isBesideWriter ? ask('w', PROMPT_TOKENS) : null;
  await ask('x'.repeat(PROMPT_TOKENS), 1);
  await scheduler.dispose();
  await writer;
  const beside = isBesideWriter ? TOKEN_MS : 0;
  return { chunks, stepMs: chunks.map((chunk) => chunk * TOKEN_MS + beside) };
}

/** How long a pause that comes at any moment waits for the end of its step, once it has adapted. */
export function waitsWithin({ stepMs }: SlowRun, tries: number): number[] {
  const draw = createChooser(tries);
  const learnt = stepMs.slice(LEARNING_STEPS);
  const totalMs = learnt.reduce((sum, ms) => sum + ms, 0);
  return Array.from({ length: tries }, () => {
    let left = draw(Math.floor(totalMs));
    for (const ms of learnt) {
      if (left < ms) return ms - left;
      left -= ms;
    }
    return 0;
  });
}
