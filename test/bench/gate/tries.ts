/** Tries of the gate: an answer is paused or cancelled at some moment while its prompt is read or it is written. */
import type { EngineRequest } from '../../../electron/engine/ports.ts';
import { DEFAULT_SAMPLING, type GenerateEvent } from '../../../electron/protocol/generate.ts';
import { createDeferred } from '../../../electron/platform/deferred.ts';
import { createChooser } from '../../fakes/step-queue.ts';
import type { WatchedEngine } from './watched-engine.ts';

export type Phase = 'prefill' | 'decode';

export interface TryOptions {
  readonly tries: number;
  /** A try comes up to so long after the last event. */
  readonly withinMs: number;
  readonly promptWords: number;
}

const SEED = 20_261_121;

/** @returns milliseconds, one for each try */
export async function pauses(
  watched: WatchedEngine,
  phase: Phase,
  options: TryOptions,
): Promise<number[]> {
  const { engine } = watched;
  const draw = createChooser(SEED);
  const samples: number[] = [];
  for (let round = 0; samples.length < options.tries; round += 1) {
    const answer = follow(watched, request(phase, round, options));
    await answer.reached(phase === 'prefill' ? 'start' : 'tokens');
    while (samples.length < options.tries) {
      await wait(draw(options.withinMs));
      if (answer.isPast(phase)) break;
      const ms = await watched.untilStill(() => {
        void engine.paceRelays(0);
      });
      const counts = !answer.isPast(phase);
      void engine.paceRelays(1);
      if (counts) samples.push(ms);
    }
    answer.cancel();
    await answer.over;
  }
  return samples;
}

/** @returns milliseconds, one for each try */
export async function cancels(
  watched: WatchedEngine,
  phase: Phase,
  options: TryOptions,
): Promise<number[]> {
  const draw = createChooser(SEED);
  const samples: number[] = [];
  for (let round = 0; samples.length < options.tries; round += 1) {
    const answer = follow(watched, request(phase, round, options));
    await answer.reached(phase === 'prefill' ? 'start' : 'tokens');
    await wait(draw(options.withinMs));
    if (answer.isPast(phase)) {
      answer.cancel();
    } else {
      samples.push(await watched.untilStill(answer.cancel));
    }
    await answer.over;
  }
  return samples;
}

function request(phase: Phase, round: number, { promptWords }: TryOptions): EngineRequest {
  // Every prompt begins in another way, so that nothing of it is known.
  const long = `${String(round)} ${'The ship went on. '.repeat(promptWords / 4)}`;
  const text = phase === 'prefill' ? long : 'Write a very long story about the sea.';
  return {
    turns: [{ role: 'user', text }],
    sampling: { ...DEFAULT_SAMPLING, temperature: 1.2, seed: round },
    maxTokens: phase === 'prefill' ? 1 : null,
    stop: [],
    relay: { duty: 1 },
  };
}

function follow({ engine }: WatchedEngine, asked: EngineRequest) {
  const stop = new AbortController();
  const seen = new Set<GenerateEvent['type']>();
  const starts = { start: createDeferred<undefined>(), tokens: createDeferred<undefined>() };
  const read = async () => {
    for await (const event of engine.generate(asked, stop.signal)) {
      seen.add(event.type);
      if (event.type !== 'end') starts[event.type].resolve(undefined);
    }
    for (const each of Object.values(starts)) each.resolve(undefined);
  };
  return {
    over: read(),
    reached: (type: 'start' | 'tokens') => starts[type].promise,
    isPast: (phase: Phase) => seen.has('end') || (phase === 'prefill' && seen.has('tokens')),
    cancel() {
      stop.abort();
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
