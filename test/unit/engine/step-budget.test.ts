/** How the step shrinks and grows with what steps cost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LEAST_TOKENS,
  NO_STEPS,
  promptTokens,
  tokensWorthBringing,
  withStep,
  type StepHistory,
} from '../../../electron/engine/step-budget.ts';

interface Machine {
  readonly fixedMs: number;
  readonly tokenMs: number;
  readonly writerMs: number;
}

const FAST: Machine = { fixedMs: 2, tokenMs: 0.4, writerMs: 2 };
const OLD_400_MS: Machine = { fixedMs: 0, tokenMs: 400 / 32, writerMs: 12 };

interface Situation {
  readonly writers?: number;
  readonly isForRelays?: boolean;
  readonly most?: number;
  /** Multiplies what a step costs. */
  readonly noise?: (step: number) => number;
}

/** Reads an endless prompt for so many steps. */
function read(machine: Machine, steps: number, history: StepHistory, situation: Situation = {}) {
  const { writers = 0, isForRelays = false, most = 512, noise = () => 1 } = situation;
  const chunks: number[] = [];
  const times: number[] = [];
  let known = history;
  for (let step = 0; step < steps; step += 1) {
    const offered = promptTokens(known, { writers, isForRelays, most });
    const { fixedMs, tokenMs, writerMs } = machine;
    const ms = (fixedMs + tokenMs * offered + writerMs * writers) * noise(step);
    chunks.push(offered);
    times.push(ms);
    known = withStep(known, { prompt: offered, offered, writers, ms });
  }
  return { chunks, times, known };
}

function written(machine: Machine, writers: number, steps = 5): StepHistory {
  let known = NO_STEPS;
  for (let step = 0; step < steps; step += 1) {
    const ms = machine.fixedMs + machine.writerMs * writers;
    known = withStep(known, { prompt: 0, offered: 0, writers, ms });
  }
  return known;
}

/** Milliseconds by tokens, as measured with two-bit weights on two cores: from eight on another way is taken. */
const KERNEL: ReadonlyMap<number, number> = new Map([
  ...([
    [4, 100],
    [8, 114],
    [16, 151],
    [32, 212],
    [64, 348],
    [128, 614],
  ] as const),
  ...([
    [256, 1150],
    [512, 2300],
  ] as const),
]);
const WRITER_MS = 30;

interface Kernel extends Situation {
  readonly slower?: (step: number) => number;
}

/** The pieces in which an endless prompt is read, without the answers beside. */
function pieces(
  kernel: ReadonlyMap<number, number>,
  history: StepHistory,
  { writers = 0, isForRelays = false, slower = () => 1 }: Kernel = {},
): readonly { readonly tokens: number; readonly ms: number }[] {
  const taken: { tokens: number; ms: number }[] = [];
  let known = history;
  for (let step = 0; step < 60; step += 1) {
    const tokens = promptTokens(known, { writers, isForRelays, most: 512 });
    const pieceMs = (kernel.get(tokens) ?? Infinity) * slower(step);
    taken.push({ tokens, ms: pieceMs });
    const ms = pieceMs + WRITER_MS * writers * slower(step);
    known = withStep(known, { prompt: tokens, offered: tokens, writers, ms });
  }
  return taken;
}

/** Tokens of the last piece. */
function settled(...asked: Parameters<typeof pieces>): number {
  return pieces(...asked).at(-1)?.tokens ?? 0;
}

function besides(writers: number): StepHistory {
  return written({ fixedMs: 0, tokenMs: 0, writerMs: WRITER_MS }, writers);
}

describe('the piece of a prompt that a step reads', () => {
  test('grows within a few steps to what a step has time for, and never past it', () => {
    const { chunks, times } = read(FAST, 20, NO_STEPS);
    expect(chunks.slice(0, 3)).toEqual([16, 32, 64]);
    expect(chunks.at(-1)).toBe(128);
    expect(Math.max(...times)).toBeLessThanOrEqual(100);
  });

  test('shrinks within six steps where the old one took 400 ms, and not to nothing', () => {
    let known = NO_STEPS;
    for (let step = 0; step < 5; step += 1) {
      known = withStep(known, { prompt: 32, offered: 32, writers: 0, ms: 13 });
    }
    const { chunks, times } = read(OLD_400_MS, 12, known);
    expect(chunks[0]).toBeGreaterThan(32);
    expect(Math.max(...times.slice(6))).toBeLessThanOrEqual(100);
    expect(Math.min(...chunks)).toBeGreaterThanOrEqual(LEAST_TOKENS);
  });

  test('leaves an answer that is written its fifty milliseconds', () => {
    const { times } = read(FAST, 20, written(FAST, 2), { writers: 2 });
    expect(Math.max(...times)).toBeLessThanOrEqual(50);
    expect(times.at(-1)).toBeGreaterThan(25);
  });

  test('grows again when the computer has time again', () => {
    const slow = read(OLD_400_MS, 10, NO_STEPS);
    const { chunks, times } = read(FAST, 12, slow.known);
    expect(chunks.at(-1)).toBe(128);
    expect(Math.max(...times)).toBeLessThanOrEqual(100);
  });

  test('grows again beside a writer as well, whose cost nobody has seen alone since', () => {
    const slow = { fixedMs: 40, tokenMs: 5, writerMs: 30 };
    const before = read(slow, 10, written(slow, 1), { writers: 1 });
    const { chunks, times } = read(FAST, 15, before.known, { writers: 1 });
    expect(chunks.at(-1)).toBe(64);
    // The next width is tried twice.
    expect(times.slice(4).filter((ms) => ms > 50)).toHaveLength(2);
    expect(Math.max(...times.slice(4))).toBeLessThan(60);
  });

  test('is read in pieces also where one token takes longer than a step should', () => {
    const slow = { fixedMs: 0, tokenMs: 10, writerMs: 300 };
    const { chunks } = read(slow, 10, written(slow, 1), { writers: 1 });
    expect(chunks.at(-1)).toBe(16);
    const relays = read(slow, 10, written(slow, 1), { writers: 1, isForRelays: true });
    expect(relays.chunks.at(-1)).toBe(LEAST_TOKENS);
  });

  test('is wider than it has time for where its tokens are so much cheaper', () => {
    const alone = settled(KERNEL, NO_STEPS);
    expect(alone).toBe(32);
    expect(settled(KERNEL, NO_STEPS, { isForRelays: true })).toBe(16);
    expect(settled(KERNEL, besides(2), { writers: 2 })).toBe(16);
    // Three times as slow, 300 ms hold no piece at all; 1.5 times the smallest hold twice as many tokens.
    expect(settled(KERNEL, NO_STEPS, { slower: () => 3 })).toBe(8);
    expect(settled(KERNEL, NO_STEPS, { slower: (step) => (step < 20 ? 3 : 1) })).toBe(32);
    expect(settled(KERNEL, NO_STEPS, { slower: (step) => (step < 20 ? 1 : 3) })).toBe(8);
    // The first step brings the weights in.
    expect(settled(KERNEL, NO_STEPS, { slower: (step) => (step === 0 ? 3 : 1) })).toBe(32);
  });

  test('is wider beside relays only as far as they are out of the way in time', () => {
    expect(settled(KERNEL, besides(4), { writers: 4, isForRelays: true })).toBe(8);
  });

  test('takes longer than it should only where that pays, and never longer than it may', () => {
    const increase = fc.double({ min: 1, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 200, noNaN: true }),
        fc.array(increase, { minLength: 8, maxLength: 8 }),
        fc.boolean(),
        (leastMs, increases, isForRelays) => {
          let ms = leastMs;
          const kernel = new Map([[LEAST_TOKENS, ms]]);
          for (const [at, factor] of increases.entries()) {
            kernel.set(2 ** (at + 3), (ms *= factor));
          }
          const last = pieces(kernel, NO_STEPS, { isForRelays }).slice(-20);
          const most = Math.max(isForRelays ? 200 : 300, 1.5 * leastMs);
          expect(Math.max(...last.map(({ ms: each }) => each))).toBeLessThanOrEqual(most);
          const tokens = last.at(-1)?.tokens ?? 0;
          const cost = (width: number) => (kernel.get(width) ?? 0) / width;
          const usual = [...kernel.keys()].findLast((width) => (kernel.get(width) ?? 0) <= 100);
          if (usual !== undefined && tokens > usual) {
            expect(cost(tokens)).toBeLessThanOrEqual(0.8 * cost(usual) + 1e-9);
          }
        },
      ),
    );
  });

  test('is not made smaller by one slow step', () => {
    const { known } = read(FAST, 20, NO_STEPS);
    const usual = promptTokens(known, { writers: 0, isForRelays: false, most: 512 });
    const hiccup = withStep(known, { prompt: usual, offered: usual, writers: 0, ms: 900 });
    const after = promptTokens(hiccup, { writers: 0, isForRelays: false, most: 512 });
    expect(after).toBe(usual);
  });

  test('is not judged by the rest of a prompt', () => {
    const { known } = read(FAST, 20, NO_STEPS);
    const rest = { prompt: 3, offered: 240, writers: 0, ms: 20 };
    expect(withStep(known, rest)).toBe(known);
  });

  test('settles: with steps that differ by a tenth it keeps to its time, and uses it', () => {
    fc.assert(
      fc.property(
        fc.record({
          fixedMs: fc.double({ min: 0, max: 20, noNaN: true }),
          tokenMs: fc.double({ min: 0.3, max: 10, noNaN: true }),
          writerMs: fc.double({ min: 0.5, max: 15, noNaN: true }),
        }),
        fc.integer({ min: 0, max: 2 }),
        fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 7, maxLength: 40 }),
        (machine, writers, factors) => {
          const noise = (step: number) => factors[step % factors.length] ?? 1;
          const start = writers > 0 ? written(machine, writers) : NO_STEPS;
          const { chunks, times } = read(machine, 60, start, { writers, noise });
          const late = chunks.slice(20);
          const alone = machine.fixedMs + machine.writerMs * writers;
          expect(Math.max(...times.slice(20))).toBeLessThanOrEqual((300 + alone) * 1.25);
          const fitting = [512, 256, 128, 64, 32, 16, 8, 4].find(
            (tokens) => (machine.fixedMs + machine.tokenMs * tokens) * 1.25 <= 100,
          );
          const middle = late.toSorted((a, b) => a - b)[late.length / 2] ?? 0;
          if (writers === 0) expect(middle).toBeGreaterThanOrEqual(fitting ?? 0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is always one that a prompt comes to its end with, whatever was measured', () => {
    const sample = fc.record({
      prompt: fc.nat(512),
      offered: fc.nat(512),
      writers: fc.nat(8),
      ms: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 30 }),
        fc.nat(8),
        fc.boolean(),
        (all, writers, isForRelays) => {
          const known = all.reduce(withStep, NO_STEPS);
          const tokens = promptTokens(known, { writers, isForRelays, most: 512 });
          expect(Number.isInteger(tokens)).toBe(true);
          expect(tokens).toBeGreaterThanOrEqual(LEAST_TOKENS);
          expect(tokens).toBeLessThanOrEqual(512);
        },
      ),
    );
  });
});

describe('the tokens whose state is worth bringing', () => {
  test('are the fewer the longer they take to read', () => {
    const after = (tokenMs: number) =>
      tokensWorthBringing(read({ fixedMs: 0, tokenMs, writerMs: 0 }, 20, NO_STEPS).known);
    expect(tokensWorthBringing(NO_STEPS)).toBe(64);
    expect(after(0.4)).toBe(64);
    expect(after(2)).toBe(16);
    expect(after(30)).toBe(8);
  });
});
