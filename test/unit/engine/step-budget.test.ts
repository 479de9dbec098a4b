/** How the step shrinks and grows with what steps cost. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  LEAST_TOKENS,
  NO_STEPS,
  promptTokens,
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

describe('the piece of a prompt that a step reads', () => {
  test('grows within a few steps to what a step has time for, and never past it', () => {
    const { chunks, times } = read(FAST, 20, NO_STEPS);
    expect(chunks.slice(0, 3)).toEqual([16, 32, 64]);
    expect(chunks.at(-1)).toBeGreaterThan(230);
    expect(Math.max(...times)).toBeLessThanOrEqual(100);
  });

  test('shrinks within three steps where the old one took 400 ms, and not to nothing', () => {
    let known = NO_STEPS;
    for (let step = 0; step < 5; step += 1) {
      known = withStep(known, { prompt: 32, offered: 32, writers: 0, ms: 13 });
    }
    const { chunks, times } = read(OLD_400_MS, 12, known);
    expect(chunks[0]).toBeGreaterThan(32);
    expect(Math.max(...times.slice(3))).toBeLessThanOrEqual(100);
    expect(Math.min(...chunks)).toBeGreaterThanOrEqual(LEAST_TOKENS);
  });

  test('leaves an answer that is written its fifty milliseconds', () => {
    const { times } = read(FAST, 20, written(FAST, 2), { writers: 2 });
    expect(Math.max(...times)).toBeLessThanOrEqual(50);
    expect(times.at(-1)).toBeGreaterThan(40);
  });

  test('grows again when the computer has time again', () => {
    const slow = read(OLD_400_MS, 10, NO_STEPS);
    const { chunks, times } = read(FAST, 12, slow.known);
    expect(chunks.at(-1)).toBeGreaterThan(200);
    expect(Math.max(...times)).toBeLessThanOrEqual(100);
  });

  test('grows again beside a writer as well, whose cost nobody has seen alone since', () => {
    const slow = { fixedMs: 40, tokenMs: 5, writerMs: 30 };
    const before = read(slow, 10, written(slow, 1), { writers: 1 });
    const { chunks, times } = read(FAST, 15, before.known, { writers: 1 });
    expect(chunks.at(-1)).toBeGreaterThan(90);
    expect(Math.max(...times.slice(4))).toBeLessThanOrEqual(50);
  });

  test('is read in pieces also where one token takes longer than a step should', () => {
    const slow = { fixedMs: 0, tokenMs: 10, writerMs: 300 };
    const { chunks } = read(slow, 10, written(slow, 1), { writers: 1 });
    expect(chunks.at(-1)).toBe(30);
    const relays = read(slow, 10, written(slow, 1), { writers: 1, isForRelays: true });
    expect(relays.chunks.at(-1)).toBe(LEAST_TOKENS);
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

  test('settles: with steps that differ by a tenth it stays within a factor of two, near its time', () => {
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
          const least = Math.max(LEAST_TOKENS, Math.min(...late));
          // A piece of a few tokens cannot change by less than one of them.
          expect(Math.max(...late)).toBeLessThanOrEqual(2 * least + 4);
          const aim = writers > 0 ? 50 : 100;
          const alone = machine.fixedMs + machine.writerMs * writers;
          const least4 = alone + machine.tokenMs * LEAST_TOKENS;
          const allowed = Math.max(aim, 2 * alone + machine.tokenMs, least4) * 1.6;
          expect(Math.max(...times.slice(20))).toBeLessThanOrEqual(allowed);
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
