import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prefillChunk, reusable } from '../../../electron/engine/prefill.ts';

test('a prompt is cut into pieces of at least two tokens, whatever budget each step has left', () => {
  const budgets = fc.infiniteStream(fc.integer({ min: 0, max: 16 }));
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), budgets, (body, budget) => {
      let left = body;
      for (let step = 0; step < 5000 && left > 0; step += 1) {
        const [available = 0] = budget.take(1);
        const chunk = prefillChunk(left, available);
        expect(chunk).not.toBe(1);
        expect(chunk).toBeLessThanOrEqual(available);
        left -= chunk;
      }
      expect(left).toBe(0);
    }),
  );
});

test('what is reused never leaves a single token to read before the last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 50 }), fc.nat(49), (prompt, cached) => {
      const kept = reusable(Math.min(cached, prompt - 1), prompt);
      expect(kept).toBeLessThanOrEqual(cached);
      expect(prompt - 1 - kept).not.toBe(1);
    }),
  );
});
