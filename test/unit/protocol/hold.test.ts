/** What a hold is, and what is owed when it is not found, on both sides of every border. */
import { describe, expect, it } from 'vitest';
import { holdOf, isHoldRight, refundDue, usesHold } from '../../../electron/protocol/hold.ts';

const BOUGHT = {
  promptTokens: 15,
  outputTokens: 5,
  heldTokenSeconds: 20n * 60n,
  finish: 0,
  endedAtMs: 1_000_000n,
};
const HOLD = { tokens: 20, seconds: 60, untilMs: 1_060_000n };

describe('a hold', () => {
  it('is of all tokens for whole seconds, ten minutes at most', () => {
    expect(holdOf(BOUGHT)).toEqual(HOLD);
    expect(holdOf({ ...BOUGHT, heldTokenSeconds: 0n })).toBeNull();
    expect(
      holdOf({ ...BOUGHT, heldTokenSeconds: 0n, promptTokens: 0, outputTokens: 0 }),
    ).toBeNull();
    for (const heldTokenSeconds of [1n, 1_201n, 20n * 601n]) {
      expect(isHoldRight({ ...BOUGHT, heldTokenSeconds })).toBe(false);
      expect(holdOf({ ...BOUGHT, heldTokenSeconds })).toBeNull();
    }
    expect(isHoldRight({ ...BOUGHT, heldTokenSeconds: 20n * 600n })).toBe(true);
    expect(isHoldRight({ ...BOUGHT, promptTokens: 0, outputTokens: 0 })).toBe(false);
  });

  it('comes with an answer that ended by itself', () => {
    expect([0, 1, 2, 3, 4, 5].map((finish) => isHoldRight({ ...BOUGHT, finish }))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('what is owed', () => {
  const followUp = {
    finish: 0,
    promptTokens: 30,
    heldTokens: 12,
    endedAtMs: 1_050_000n,
    totalMs: 1_000,
  };

  it('is what is missing, for the whole time', () => {
    expect(refundDue(followUp, HOLD)).toBe(8n * 60n);
    expect(refundDue({ ...followUp, heldTokens: 20 }, HOLD)).toBe(0n);
    expect(refundDue({ ...followUp, heldTokens: 25 }, HOLD)).toBe(0n);
    expect(refundDue(followUp, null)).toBe(0n);
  });

  it('is owed to who began in time', () => {
    expect(refundDue({ ...followUp, endedAtMs: 1_061_000n }, HOLD)).toBe(8n * 60n);
    expect(refundDue({ ...followUp, endedAtMs: 1_061_001n }, HOLD)).toBe(0n);
  });

  it('is owed to who looked: not after a failure, nor before the engine', () => {
    expect(refundDue({ ...followUp, finish: 2 }, HOLD)).toBe(8n * 60n);
    expect(refundDue({ ...followUp, finish: 4 }, HOLD)).toBe(0n);
    expect(refundDue({ ...followUp, promptTokens: 0, heldTokens: 0 }, HOLD)).toBe(0n);
    expect(usesHold({ finish: 4, promptTokens: 1 })).toBe(false);
    expect(usesHold({ finish: 3, promptTokens: 1 })).toBe(true);
  });
});
