/** Guesses from the text so far: where they come from, when they are worth their price, and what that price is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureStepCosts } from '../../../electron/engine/speculation-costs.ts';
import { LEAST_MATCH, lookUp, MOST_MATCH } from '../../../electron/engine/speculation-lookup.ts';
import {
  chanceOf,
  FIRST_CHANCES,
  guessesWorth,
  judged,
  MOST_GUESSED,
  mostGuessed,
  pays,
  type StepCosts,
} from '../../../electron/engine/speculation-rule.ts';
import { createGuesses } from '../../../electron/engine/speculation.ts';
import { createByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const costs = (...ms: readonly number[]): StepCosts =>
  ms.map((each, index) => ({ tokens: 2 ** index, ms: each }));
/** As measured with 8 B on a card through Vulkan, and with 1.1 B on two cores. */
const CARD = costs(10, 11, 14, 22);
const PROCESSOR = costs(10, 20, 44, 60);

describe('a guess', () => {
  const texts = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 60 });

  test('is what followed the place with the longest history in common, of equals the last', () => {
    expect(lookUp([1, 2, 3, 4, 9, 2, 3, 5, 7, 1, 2, 3], 2)).toEqual({ tokens: [4, 9], matched: 3 });
    expect(lookUp([1, 2, 7, 1, 2, 8, 3, 1, 2], 2)).toEqual({ tokens: [8, 3], matched: 2 });
    expect(lookUp([5, 6, 5, 6], 5)).toEqual({ tokens: [5, 6, 5, 6, 5], matched: 2 });
    expect(lookUp([1, 2, 3, 1], 3)).toEqual({ tokens: [], matched: 0 });
    expect(lookUp([1, 1], 3)).toEqual({ tokens: [], matched: 0 });
    expect(lookUp([1, 2, 3, 1, 2], 0)).toEqual({ tokens: [], matched: 0 });
  });

  test('is the same as that of a search by hand, for any text', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), (text, most) => {
        let best = { matched: 0, from: 0 };
        for (let from = 1; from < text.length; from += 1) {
          let matched = 0;
          while (
            matched < MOST_MATCH &&
            matched < from &&
            text[from - 1 - matched] === text[text.length - 1 - matched]
          ) {
            matched += 1;
          }
          if (matched >= best.matched) best = { matched, from };
        }
        const guess = lookUp(text, most);
        if (best.matched < LEAST_MATCH) {
          expect(guess.tokens).toEqual([]);
          return;
        }
        // Where more is in common than is looked at, the place nearest to the end was found.
        expect(guess.matched).toBe(best.matched);
        const round = [...text];
        while (round.length < best.from + most)
          round.push(round[round.length - text.length + best.from] ?? 0);
        expect(guess.tokens).toEqual(round.slice(best.from, best.from + most));
      }),
    );
  });
});

describe('what is worth checking', () => {
  const chances = fc.double({ min: 0, max: 1, noNaN: true });

  test('on a card: little after a chance match, all in a copy', () => {
    expect(guessesWorth(CARD, 0.05, MOST_GUESSED)).toBe(0);
    expect(guessesWorth(CARD, 0.3, MOST_GUESSED)).toBe(1);
    expect(guessesWorth(CARD, 0.8, MOST_GUESSED)).toBeGreaterThanOrEqual(3);
    expect(guessesWorth(CARD, 1, MOST_GUESSED)).toBe(MOST_GUESSED);
    expect(pays(CARD)).toBe(true);
  });

  test('nothing on a processor, and nothing where the price is not known', () => {
    expect(pays(PROCESSOR)).toBe(false);
    expect(pays(costs(10))).toBe(false);
    expect(pays([])).toBe(false);
    expect(guessesWorth([{ tokens: 2, ms: 1 }], 1, 1)).toBe(0);
  });

  test('is never more than there is room for or than was measured, and never slower on average', () => {
    const curves = fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { maxLength: 4 });
    fc.assert(
      fc.property(curves, chances, fc.nat(MOST_GUESSED), (ms, chance, most) => {
        const curve = costs(...ms);
        const guesses = guessesWorth(curve, chance, most);
        expect(guesses).toBeLessThanOrEqual(Math.min(most, 2 ** Math.max(0, ms.length - 1) - 1));
        const exact = curve.find(({ tokens }) => tokens === guesses + 1);
        if (guesses === 0 || exact === undefined) return;
        let tokens = 0;
        for (let at = 0; at <= guesses; at += 1) tokens += chance ** at;
        expect(tokens / exact.ms).toBeGreaterThan(1 / (ms[0] ?? 0));
      }),
    );
  });

  test('is over in time, as fast as steps are now', () => {
    const now = (factor: number) =>
      [1, 1, 1].map((tokens) => ({ tokens, ms: (CARD[0]?.ms ?? 0) * factor }));
    expect(mostGuessed(CARD, [], 250)).toBe(MOST_GUESSED);
    expect(mostGuessed(CARD, [], 14)).toBe(3);
    expect(mostGuessed(CARD, now(12), 250)).toBe(6);
    expect(mostGuessed(CARD, now(15), 250)).toBe(4);
    expect(mostGuessed(CARD, now(30), 250)).toBe(0);
    // Of steps with guesses it is known how long they should take; a single slow one is chance.
    expect(mostGuessed(CARD, [{ tokens: 8, ms: 22 * 15 }], 250)).toBe(4);
    expect(mostGuessed(CARD, [...now(1).slice(1), { tokens: 1, ms: 900 }], 250)).toBe(MOST_GUESSED);
    expect(mostGuessed([], now(1), 250)).toBe(0);
  });

  test('follows how often guesses of that kind were right, and of that kind only', () => {
    for (const matched of [2, 4, 8]) {
      let now = FIRST_CHANCES;
      for (let at = 0; at < 40; at += 1) now = judged(now, matched, false);
      expect(chanceOf(now, matched)).toBeLessThan(0.02);
      for (let at = 0; at < 40; at += 1) now = judged(now, matched, true);
      expect(chanceOf(now, matched)).toBeGreaterThan(0.98);
      const others = [2, 4, 8].filter((each) => each !== matched);
      for (const other of others) expect(chanceOf(now, other)).toBe(chanceOf(FIRST_CHANCES, other));
    }
  });
});

describe('the guesses of one answer', () => {
  const COPY = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

  test('become more while they are right, and none when they are wrong, until they would be right again', () => {
    const guesses = createGuesses(CARD, [...COPY, 99, 1, 2]);
    expect(guesses.next(20)).toEqual([3]);
    for (const token of [3, 4, 5, 6, 7, 8]) guesses.saw(token);
    expect(guesses.next(20).length).toBeGreaterThanOrEqual(3);
    expect(guesses.next(1)).toEqual([9]);
    expect(guesses.next(0)).toEqual([]);
    // Always another token than the one that followed before.
    for (let at = 0; at < 60; at += 1) {
      for (const token of [1, 2, 100 + at]) {
        guesses.next(20);
        guesses.saw(token);
      }
    }
    guesses.saw(1);
    guesses.saw(2);
    expect(guesses.next(20)).toEqual([]);
    // What is not checked is judged all the same.
    for (let at = 0; at < 20; at += 1) {
      for (const token of [50, 51, 52]) {
        guesses.next(20);
        guesses.saw(token);
      }
    }
    expect(guesses.next(20).length).toBeGreaterThan(0);
  });
});

describe('the price of a step', () => {
  const PRICES = new Map([
    [1, 10],
    [2, 11],
    [4, 14],
    [8, 22],
  ]);

  /** A model whose steps take so long, each width the first time so much longer. */
  function timedModel(factor: number, warmUpMs: number) {
    const clock = createManualClock();
    const model = createByteModel({ next: () => 97 });
    const [sequence] = model.sequences;
    if (sequence === undefined) throw new Error('no sequence');
    const seen = new Set<number>();
    const took = (tokens: number) => {
      clock.advance((PRICES.get(tokens) ?? 0) * factor + (seen.has(tokens) ? 0 : warmUpMs));
      seen.add(tokens);
    };
    const timed: typeof sequence = {
      ...sequence,
      open(tokens, options) {
        const source = sequence.open(tokens, options);
        return {
          ...source,
          async next() {
            took(1);
            return await source.next();
          },
          async check(guesses, take) {
            took(guesses.length + 1);
            await source.check?.(guesses, take);
          },
        };
      },
    };
    return { clock, sequence, model: { ...model, sequences: [timed] } };
  }

  test('is that of warm steps, and nothing is left of the measurement', async () => {
    const { model, clock, sequence } = timedModel(0.5, 8);
    expect(await measureStepCosts(model, clock)).toEqual(costs(5, 5.5, 7, 11));
    expect(sequence.held()).toEqual([]);
  });

  test('is known only as far as the time goes', async () => {
    // Twice 30, 33 and 42 ms are timed, and of the widest steps the 300 have room for one.
    const slow = timedModel(3, 0);
    expect(await measureStepCosts(slow.model, slow.clock)).toEqual(costs(30, 33, 42, 66));
    const slower = timedModel(5, 0);
    expect(await measureStepCosts(slower.model, slower.clock)).toEqual(costs(50, 55, 70));
    const slowest = timedModel(40, 0);
    expect(await measureStepCosts(slowest.model, slowest.clock)).toEqual(costs(400));
    // Preparing for each width takes so long that the second for everything is over before the time for measuring.
    const cold = timedModel(1, 400);
    expect(await measureStepCosts(cold.model, cold.clock)).toEqual(costs(10, 11));
  });

  test('is not known of a model that cannot go back, has no room or nothing to say', async () => {
    const clock = createManualClock();
    for (const options of [{ canRewind: false }, { contextTokens: 30 }, { next: () => null }]) {
      expect(await measureStepCosts(createByteModel(options), clock)).toEqual([]);
    }
  });
});
