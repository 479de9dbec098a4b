/** Assembling an answer from numbered pieces. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDelta,
  adoptText,
  hasLostPieces,
  type LiveText,
} from '../../../renderer/store/live-text.ts';

const conversationId = 'c';
const delta = (sequence: number, text: string) => ({ conversationId, sequence, text });

function feed(live: LiveText | undefined, pieces: readonly (readonly [number, string])[]) {
  return pieces.reduce<LiveText | undefined>(
    (known, [sequence, text]) => addDelta(known, delta(sequence, text)),
    live,
  );
}

describe('addDelta', () => {
  it('gives the same text whatever the order, however often a piece is repeated', () => {
    const shuffled = fc.array(fc.string(), { minLength: 1, maxLength: 12 }).chain((pieces) => {
      const numbered = pieces.map((text, sequence) => [sequence, text] as const);
      return fc.tuple(
        fc.constant(pieces),
        fc.shuffledSubarray([...numbered, ...numbered], { minLength: numbered.length * 2 }),
      );
    });
    fc.assert(
      fc.property(shuffled, ([pieces, arrivals]) => {
        const live = feed(undefined, arrivals);
        expect(live?.text).toBe(pieces.join(''));
        expect(live?.early.size).toBe(0);
      }),
    );
  });

  it('shows nothing beyond a missing piece', () => {
    const live = feed(undefined, [
      [0, 'a'],
      [2, 'c'],
    ]);
    expect(live?.text).toBe('a');
    expect(feed(live, [[1, 'b']])?.text).toBe('abc');
  });

  it('returns the same object for a repeated piece', () => {
    const live = addDelta(undefined, delta(0, 'a'));
    expect(addDelta(live, delta(0, 'a'))).toBe(live);
  });

  it('reports lost pieces once enough have arrived after the gap', () => {
    const some = feed(undefined, [
      [0, 'a'],
      [2, 'c'],
    ]);
    expect(some && hasLostPieces(some)).toBe(false);
    const many = feed(
      some,
      Array.from({ length: 10 }, (_, index) => [index + 3, 'x'] as const),
    );
    expect(many && hasLostPieces(many)).toBe(true);
  });
});

describe('adoptText', () => {
  it('leaves an answer alone that was followed from its start', () => {
    const live = feed(undefined, [
      [0, 'Hello'],
      [1, ' wor'],
    ]);
    expect(adoptText(live, { conversationId, text: 'Hello world' })).toBe(live);
    expect(feed(live, [[2, 'ld']])?.text).toBe('Hello world');
  });

  it('continues a text that was opened in the middle of its writing', () => {
    const opened = adoptText(undefined, { conversationId, text: 'One two thr' });
    // The end of the opened text is the beginning of the next piece.
    const live = feed(opened, [
      [5, ' three'],
      [6, ' four'],
    ]);
    expect(live?.text).toBe('One two three four');
  });

  it('takes the opened text for everything seen before it', () => {
    const live = feed(undefined, [
      [4, 'd'],
      [5, 'e'],
    ]);
    const adopted = adoptText(live, { conversationId, text: 'abcde' });
    expect(adopted.text).toBe('abcde');
    expect(feed(adopted, [[6, 'f']])?.text).toBe('abcdef');
  });

  it('keeps what is there when the opened text holds less', () => {
    const live = feed(undefined, [
      [0, 'a'],
      [2, 'c'],
    ]);
    const adopted = adoptText(live, { conversationId, text: '' });
    expect(adopted.text).toBe('ac');
    expect(feed(adopted, [[3, 'd']])?.text).toBe('acd');
  });

  it('starts from the first piece when nothing was written yet', () => {
    const opened = adoptText(undefined, { conversationId, text: '' });
    expect(feed(opened, [[0, 'a']])?.text).toBe('a');
  });

  it('ends with the whole text wherever the opening falls between the pieces', () => {
    const answer = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(answer, fc.nat(), (pieces, at) => {
        const seen = at % (pieces.length + 1);
        const text = pieces.slice(0, seen).join('');
        const opened = adoptText(undefined, { conversationId, text });
        const rest = pieces.slice(seen).map((piece, index) => [seen + index, piece] as const);
        const whole = pieces.join('');
        const result = feed(opened, rest)?.text ?? '';
        // Only a piece that repeats the end of the opened text may be taken for it; chat.end puts that right.
        const repeats = rest[0] !== undefined && text.endsWith(rest[0][1].slice(0, 1));
        if (!repeats) fc.pre(!rest[0] || !overlaps(text, rest[0][1]));
        if (!repeats) expect(result).toBe(whole);
      }),
    );
  });
});

function overlaps(text: string, piece: string): boolean {
  return Array.from({ length: piece.length }, (_, index) => piece.slice(0, index + 1)).some(
    (start) => text.endsWith(start),
  );
}
