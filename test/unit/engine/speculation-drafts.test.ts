/** A small model is asked where that pays, not again before the next token, and once more when much has been written. */
import { describe, expect, test } from 'vitest';
import { createDrafts } from '../../../electron/engine/speculation-drafts.ts';
import {
  draftPays,
  guessesWorth,
  withDrafting,
  type StepCosts,
} from '../../../electron/engine/speculation-rule.ts';
import { isSameVocabulary } from '../../../electron/engine/speculation-vocabulary.ts';

/** Of an 8 B model on a graphics card. */
const CARD: StepCosts = [
  { tokens: 1, ms: 10 },
  { tokens: 2, ms: 11 },
  { tokens: 4, ms: 12 },
  { tokens: 8, ms: 15 },
];

describe('asking a small model', () => {
  test('costs its time for each guess', () => {
    expect(withDrafting(CARD, 2).map(({ ms }) => ms)).toEqual([10, 13, 18, 29]);
    expect(guessesWorth(withDrafting(CARD, 0), 0.9, 7)).toBe(7);
    expect(guessesWorth(withDrafting(CARD, 2), 0.9, 7)).toBeLessThan(7);
  });

  test('pays where it is quick, and not where it is as slow as the large one', () => {
    expect(draftPays(CARD, 1)).toBe(true);
    expect(draftPays(CARD, 10)).toBe(false);
    expect(draftPays([], 1)).toBe(false);
  });
});

describe('of one answer', () => {
  const QUICK = { tokenMs: 1, readMs: 0.01 };
  const draftsFor = (more: Partial<typeof QUICK> = {}, prompt = 100) =>
    createDrafts(CARD, { ...QUICK, ...more }, prompt);

  test('is done once for each token, also while it is still reading', () => {
    const drafts = draftsFor();
    expect(drafts.wanted(7, 500)).toBeGreaterThan(1);
    expect(drafts.wanted(1, 500)).toBe(1);
    expect(drafts.wanted(0, 500)).toBe(0);
    drafts.came(null);
    expect(drafts.wanted(7, 500)).toBe(0);
    drafts.saw(5);
    expect(drafts.wanted(7, 500)).toBeGreaterThan(1);
  });

  test('is not begun where it would read longer than that saves, and goes on once it has read', () => {
    // A quarter of 200 tokens at 10 ms: 500 ms.
    expect(draftsFor({ readMs: 1 }, 500).wanted(7, 500)).toBeGreaterThan(0);
    expect(draftsFor({ readMs: 1 }, 501).wanted(7, 500)).toBe(0);
    const short = draftsFor({ readMs: 1 }, 50);
    expect(short.wanted(7, 19)).toBe(0);
    expect(short.wanted(7, 20)).toBeGreaterThan(0);
    short.came([1]);
    short.saw(1);
    expect(short.wanted(7, 9)).toBeGreaterThan(0);
  });

  test('is over in a tenth of a second', () => {
    const slow = draftsFor({ tokenMs: 0.5 });
    for (let round = 0; round < 30; round += 1) {
      slow.came([1]);
      slow.saw(1);
    }
    expect(slow.wanted(7, 500)).toBe(7);
    const huge = CARD.map(({ tokens, ms }) => ({ tokens, ms: ms * 20 }));
    expect(createDrafts(huge, { tokenMs: 40, readMs: 0 }, 1).wanted(7, 500)).toBe(2);
  });

  test('becomes rare where it always expects the end', () => {
    const drafts = draftsFor();
    let asked = 0;
    for (let token = 0; token < 60; token += 1) {
      if (drafts.wanted(7, 500) > 0) {
        asked += 1;
        drafts.came([]);
      }
      drafts.saw(1);
    }
    expect(asked).toBeLessThan(20);
  });

  test('what it said holds as long as it is right', () => {
    const drafts = draftsFor();
    drafts.came([1, 2, 3]);
    drafts.saw(1);
    expect(drafts.left()).toEqual([2, 3]);
    drafts.saw(9);
    expect(drafts.left()).toEqual([]);
  });

  test('ends when it is wrong again and again, and is tried again after 64 tokens', () => {
    const drafts = draftsFor();
    let asked = 0;
    while (drafts.wanted(7, 500) > 0) {
      drafts.came([1]);
      drafts.saw(2);
      asked += 1;
      expect(asked).toBeLessThan(20);
    }
    expect(asked).toBeGreaterThan(2);
    // The last one of them was seen after it had been asked.
    for (let token = 0; token < 62; token += 1) drafts.saw(2);
    expect(drafts.wanted(7, 500)).toBe(0);
    drafts.saw(2);
    expect(drafts.wanted(7, 500)).toBeGreaterThan(0);
  });

  test('asks for more the better it is', () => {
    const drafts = draftsFor();
    const first = drafts.wanted(7, 500);
    for (let round = 0; round < 30; round += 1) {
      drafts.came([1]);
      drafts.saw(1);
    }
    expect(drafts.wanted(7, 500)).toBeGreaterThan(first);
  });
});

test.each([
  ['the same', ['a', 'b'], 'gpt2 x', true],
  ['one filled up', ['a', 'b', ...Array<string>(256).fill('pad')], 'gpt2 x', true],
  ['one much larger', ['a', 'b', ...Array<string>(257).fill('pad')], 'gpt2 x', false],
  ['another token', ['a', 'c'], 'gpt2 x', false],
  ['cut otherwise', ['a', 'b'], 'gpt2 y', false],
  ['none', [], 'gpt2 x', false],
])('two vocabularies: %s', (_name, tokens, kind, isSame) => {
  const one = { kind: 'gpt2 x', tokens: ['a', 'b'] };
  expect(isSameVocabulary(one, { kind, tokens })).toBe(isSame);
  expect(isSameVocabulary({ kind, tokens }, one)).toBe(isSame);
});
