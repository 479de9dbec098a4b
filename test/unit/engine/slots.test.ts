import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSlot, commonPrefix, LEAST_TOKENS } from '../../../electron/engine/slots.ts';

const slot = (holds: number, shared: number, lastUse: number, heldUntilMs = 0) => ({
  holds,
  shared,
  lastUse,
  heldUntilMs,
});

describe('a prompt goes to the slot', () => {
  test('that holds the longest part of its beginning', () => {
    expect(chooseSlot([slot(200, 200, 3), slot(400, 400, 2), slot(0, 0, 0)], 0, LEAST_TOKENS)).toBe(
      1,
    );
  });

  test('that is empty, when all it shares with others is a common opening', () => {
    expect(chooseSlot([slot(700, 200, 1), slot(0, 0, 9)], 0, LEAST_TOKENS)).toBe(1);
  });

  test('that was used longest ago, when none is empty and none goes on', () => {
    expect(chooseSlot([slot(700, 200, 9), slot(50, 0, 4), slot(90, 0, 5)], 0, LEAST_TOKENS)).toBe(
      1,
    );
  });

  test('that holds more than the prompt, when the question was only shortened', () => {
    expect(chooseSlot([slot(4, 2, 1), slot(0, 0, 0)], 0, LEAST_TOKENS)).toBe(0);
  });

  test('that is missed least, when much more of it can be brought from elsewhere', () => {
    const idle = [slot(100, 100, 5), slot(0, 0, 0)];
    expect(chooseSlot(idle, 100 + LEAST_TOKENS, LEAST_TOKENS)).toBe(1);
    expect(chooseSlot(idle, 100 + LEAST_TOKENS - 1, LEAST_TOKENS)).toBe(0);
    // Where reading is slow, less is worth it.
    expect(chooseSlot(idle, 108, 8)).toBe(1);
    expect(chooseSlot(idle, 107, 8)).toBe(0);
  });

  test('that nobody paid for, and else to the one whose time is over first', () => {
    expect(
      chooseSlot([slot(90, 0, 1, 500), slot(90, 0, 9), slot(90, 0, 2, 400)], 0, LEAST_TOKENS),
    ).toBe(1);
    expect(chooseSlot([slot(90, 0, 1, 500), slot(90, 0, 2, 400)], 0, LEAST_TOKENS)).toBe(1);
    // What was paid for is not thrown away for a mere opening.
    expect(chooseSlot([slot(100, 80, 1, 500), slot(90, 0, 9)], 0, LEAST_TOKENS)).toBe(1);
    expect(chooseSlot([slot(100, 95, 1, 500), slot(90, 0, 9)], 0, LEAST_TOKENS)).toBe(0);
  });

  test('and to none when none is idle', () => {
    expect(chooseSlot([], 0, LEAST_TOKENS)).toBeNull();
  });
});

test('a conversation that shares nothing is never lost while another slot is empty', () => {
  const slots = fc.record({
    holds: fc.integer({ min: 1, max: 500 }),
    lastUse: fc.nat(9),
    heldUntilMs: fc.nat(3),
  });
  fc.assert(
    fc.property(
      fc.array(slots, { maxLength: 5 }),
      fc.nat(5),
      fc.nat(500),
      (busy, at, elsewhere) => {
        const idle = busy.map((each) => ({ ...each, shared: Math.floor(each.holds * 0.4) }));
        const index = Math.min(at, idle.length);
        const withEmpty = idle.toSpliced(index, 0, slot(0, 0, 9));
        expect(chooseSlot(withEmpty, elsewhere, LEAST_TOKENS)).toBe(index);
      },
    ),
  );
});

test('a common prefix is common, and no longer one is', () => {
  const tokens = fc.array(fc.nat(2), { maxLength: 8 });
  fc.assert(
    fc.property(tokens, tokens, (left, right) => {
      const length = commonPrefix(left, right);
      expect(left.slice(0, length)).toEqual(right.slice(0, length));
      if (length < Math.min(left.length, right.length))
        expect(left[length]).not.toBe(right[length]);
    }),
  );
});
