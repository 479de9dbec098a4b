/** Text arrives at once first, merged later, and never out of order or lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEAT_MS, createBeat } from '../../../electron/edge/beat.ts';
import { createTextBatcher, type TextPiece } from '../../../electron/edge/text-batcher.ts';
import { createManualClock } from '../../fakes/manual-clock.ts';

function setUp() {
  const clock = createManualClock();
  const sent: string[] = [];
  return {
    clock,
    sent,
    batcher: createTextBatcher(createBeat(clock), ({ text }) => sent.push(text)),
  };
}

describe('the text batcher', () => {
  it('sends the first text at once and merges the next for at most 30 ms', () => {
    const { clock, sent, batcher } = setUp();
    batcher.add({ text: 'a' });
    expect(sent).toEqual(['a']);
    batcher.add({ text: 'b' });
    batcher.add({ text: 'c' });
    clock.advance(BEAT_MS - 1);
    expect(sent).toEqual(['a']);
    clock.advance(1);
    expect(sent).toEqual(['a', 'bc']);
  });

  it('sends at once again after a pause', () => {
    const { clock, sent, batcher } = setUp();
    batcher.add({ text: 'a' });
    clock.advance(BEAT_MS);
    batcher.add({ text: 'b' });
    expect(sent).toEqual(['a', 'b']);
  });

  it('sends nothing later once it is flushed', () => {
    const { clock, sent, batcher } = setUp();
    batcher.add({ text: 'a' });
    batcher.add({ text: 'b' });
    batcher.flush();
    clock.advance(10 * BEAT_MS);
    expect(sent).toEqual(['a', 'b']);
  });

  it('keeps every character in order, and sends at most once per 30 ms', () => {
    const steps = fc.array(fc.tuple(fc.string(), fc.nat({ max: 50 })));
    fc.assert(
      fc.property(steps, (adds) => {
        const { clock, sent, batcher } = setUp();
        let elapsedMs = 0;
        for (const [text, waitMs] of adds) {
          batcher.add({ text });
          clock.advance(waitMs);
          elapsedMs += waitMs;
        }
        expect(sent.length).toBeLessThanOrEqual(1 + Math.floor(elapsedMs / BEAT_MS));
        batcher.flush();
        expect(sent.join('')).toBe(adds.map(([text]) => text).join(''));
      }),
    );
  });

  it('keeps the ratings of tokens in order, also those of tokens without text', () => {
    const clock = createManualClock();
    const sent: TextPiece[] = [];
    const batcher = createTextBatcher(createBeat(clock), (piece) => sent.push(piece));
    const rated = (text: string, ...of: readonly number[]): TextPiece => ({
      text,
      logprobs: of.map((logprob) => ({ text, logprob, top: [] })),
    });
    batcher.add(rated('a', -1));
    batcher.add(rated('b', -2, -3));
    batcher.add(rated('', -4));
    batcher.flush();
    expect(sent.map(({ text, logprobs }) => [text, logprobs?.map((each) => each.logprob)])).toEqual(
      [
        ['a', [-1]],
        ['b', [-2, -3, -4]],
      ],
    );
  });
});
