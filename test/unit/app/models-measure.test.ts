import { describe, expect, it } from 'vitest';
import type { NodeAnswers, NodeRequest } from '../../../electron/app/compose-engine.ts';
import { measureModel } from '../../../electron/app/models-measure.ts';
import type { GenerateEvent } from '../../../electron/protocol/generate.ts';
import { createCountedRandom } from '../../fakes/counted-random.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const PROMPT_TOKENS = 500;

describe('a measurement of a model', () => {
  it('tells how fast it reads, writes alone, and writes four answers', async () => {
    const asked: NodeRequest[] = [];
    const told: number[] = [];
    const rates = await measure(engineOf(asked, 10), (value) => told.push(value));
    // Two of its tokens take 10 ms each; four answers share a step.
    expect(rates.promptTokensPerSecond).toBeCloseTo(PROMPT_TOKENS / 0.25);
    expect(rates.tokensPerSecond).toBeCloseTo(100);
    expect(rates.fourTokensPerSecond).toBeCloseTo(400);
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it('shares no cached state with anybody, and asks nothing twice', async () => {
    const asked: NodeRequest[] = [];
    await measure(engineOf(asked, 10));
    expect(new Set(asked.map(({ cacheKey }) => cacheKey))).toEqual(new Set(['calibration']));
    const prompts = asked.map(({ turns }) => turns[0]?.text ?? '');
    const read = prompts.filter((text) => text.includes('Say yes'));
    expect(new Set(read).size).toBe(read.length);
  });

  it('asks again where the model ends early', async () => {
    const asked: NodeRequest[] = [];
    await measure(engineOf(asked, 10, 30));
    expect(asked.length).toBeGreaterThan(1 + 2 + 1 + 4);
  });

  it('ends when it is no longer wanted', async () => {
    const abort = new AbortController();
    const engine: NodeAnswers = {
      async *generate() {
        abort.abort();
        yield await Promise.resolve(start());
      },
    };
    await expect(measure(engine, () => undefined, abort.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('fails when the model writes nothing', async () => {
    const engine: NodeAnswers = {
      async *generate() {
        yield await Promise.resolve(end(0, 0));
      },
    };
    await expect(measure(engine)).rejects.toMatchObject({ code: 'model-load-failed' });
  });
});

function measure(
  engine: NodeAnswers,
  onProgress: (value: number) => void = () => undefined,
  signal = new AbortController().signal,
) {
  const ports = { engine, clock: createManualClock(), random: createCountedRandom() };
  return measureModel(ports, signal, onProgress);
}

/** @param tokenMs time of one token, alone or with others */
function engineOf(asked: NodeRequest[], tokenMs: number, most = Infinity): NodeAnswers {
  return {
    async *generate(request) {
      asked.push(request);
      yield await Promise.resolve(start());
      yield end(Math.min(request.maxTokens ?? 0, most), tokenMs);
    },
  };
}

function start(): GenerateEvent {
  return { type: 'start', seed: 1, counts: { prompt: PROMPT_TOKENS, cached: 0, output: 0 } };
}

function end(output: number, tokenMs: number): GenerateEvent {
  const firstTokenMs = output === 0 ? null : 250;
  return {
    type: 'end',
    reason: 'length',
    counts: { prompt: PROMPT_TOKENS, cached: 0, output },
    timings: {
      queuedMs: 0,
      prefillMs: 250,
      firstTokenMs,
      totalMs: 250 + Math.max(0, output - 1) * tokenMs,
    },
  };
}
