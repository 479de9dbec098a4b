import { expect, test } from 'vitest';
import { decodeSpeed } from '../../../electron/engine/speed.ts';
import { createByteModel } from '../../fakes/byte-model.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

const RUN = { tokens: 64, budgetMs: 1000 };
const TOKEN_MS = 10;

/** @param next the byte for so many answers begun and so many bytes written */
function setUp(next: (answers: number, written: number) => number | null) {
  const clock = createManualClock();
  const state = { answers: 0, written: 0 };
  let promptBytes = 0;
  const model = createByteModel({
    next(written) {
      // A run that does not come to its end would otherwise hold up the test for ever.
      if (state.answers > 100) throw new Error('the same answer again and again');
      if (promptBytes === 0 || written.length <= promptBytes) {
        promptBytes = written.length;
        state.answers += 1;
      }
      clock.advance(TOKEN_MS);
      return next(state.answers, written.length - promptBytes);
    },
  });
  return { clock, model };
}

test('speed counts the tokens written after the first, over several answers', async () => {
  const { clock, model } = setUp((_answers, written) => (written === 10 ? null : 97));
  expect(await decodeSpeed(model, clock, RUN)).toBeCloseTo(1000 / TOKEN_MS);
});

test('a model that never says anything has no speed', async () => {
  const { clock, model } = setUp(() => null);
  expect(await decodeSpeed(model, clock, RUN)).toBe(0);
});

test('an answer that ends at once ends the run, also after others', async () => {
  const { clock, model } = setUp((answers, written) => (answers > 1 || written > 5 ? null : 97));
  expect(await decodeSpeed(model, clock, RUN)).toBeCloseTo(1000 / TOKEN_MS);
});
