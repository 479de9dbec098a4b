import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSlot, commonPrefix } from '../../../electron/engine/slots.ts';

const slot = (held: readonly number[], lastUse: number) => ({ held, lastUse });

describe('a prompt goes to the slot', () => {
  test('that holds the longest part of its beginning', () => {
    const idle = [slot([1, 2], 3), slot([1, 2, 3, 4], 2), slot([], 0)];
    expect(chooseSlot(idle, [1, 2, 3, 4, 5])).toEqual({ index: 1, shared: 4 });
  });

  test('that was used longest ago, when all it shares with others is a common opening', () => {
    const opening = [1, 2];
    const idle = [slot([...opening, 3, 4, 5, 6, 7], 9), slot([], 0)];
    expect(chooseSlot(idle, [...opening, 8, 9])).toEqual({ index: 1, shared: 0 });
  });

  test('that holds more than the prompt, when the question was only shortened', () => {
    expect(chooseSlot([slot([1, 2, 3, 4], 1), slot([], 0)], [1, 2, 3])).toEqual({
      index: 0,
      shared: 2,
    });
  });
});

test('what is shared is always a true common prefix and leaves a token to evaluate', () => {
  const tokens = fc.array(fc.nat(2), { maxLength: 8 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ held: tokens, lastUse: fc.nat(5) }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }),
      (idle, prompt) => {
        const choice = chooseSlot(idle, prompt);
        const held = idle[choice?.index ?? -1]?.held ?? [];
        expect(choice?.shared).toBe(Math.min(commonPrefix(held, prompt), prompt.length - 1));
      },
    ),
  );
});

test('there is no choice without an idle slot', () => {
  expect(chooseSlot([], [1])).toBeNull();
});
