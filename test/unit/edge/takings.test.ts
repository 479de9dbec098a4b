/** However events are taken, whoever sends them never stands still for want of a message. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCredits } from '../../../electron/edge/credits.ts';
import { createTakings } from '../../../electron/edge/takings.ts';

const LIMITS = { maxEvents: 32, maxLength: 1_000 };

it('credits have room again once all was taken, though few messages tell of it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 200 }), (lengths) => {
      const credits = createCredits(LIMITS);
      const takings = createTakings(LIMITS);
      let messages = 0;
      for (const length of lengths) {
        credits.spend(length);
        const due = takings.add(1, length);
        if (due > 0) {
          messages += 1;
          credits.taken(due);
        }
        expect(credits.isFull).toBe(false);
      }
      const total = lengths.reduce((sum, length) => sum + length, 0);
      expect(messages).toBeLessThanOrEqual(lengths.length / 8 + total / 250);
    }),
  );
});
