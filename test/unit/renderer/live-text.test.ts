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
  const opened = (text: string, next: number) => ({ conversationId, text, next });

  it('leaves an answer alone that was followed at least as far', () => {
    const live = feed(undefined, [
      [0, 'Hello'],
      [1, ' wor'],
    ]);
    expect(adoptText(live, opened('Hello wor', 2))).toBe(live);
    expect(adoptText(live, opened('Hello', 1))).toBe(live);
    expect(feed(live, [[2, 'ld']])?.text).toBe('Hello world');
  });

  it('keeps a letter that is repeated where the opened text ends', () => {
    const live = adoptText(undefined, opened('They all fel', 2));
    expect(feed(live, [[2, 'l down']])?.text).toBe('They all fell down');
  });

  it('takes from the pieces held back only those that the opened text lacks', () => {
    const live = feed(undefined, [
      [3, 'd'],
      [4, 'e'],
    ]);
    const adopted = adoptText(live, opened('abcd', 4));
    expect(adopted).toMatchObject({ text: 'abcde', next: 5 });
    expect(adopted.early.size).toBe(0);
  });
});

/** What main may say of an answer: one of its pieces, or everything before the piece `next`. */
type News =
  | { readonly kind: 'delta'; readonly sequence: number }
  | { readonly kind: 'open'; readonly next: number };

describe('deltas and openings', () => {
  const cases = fc
    .array(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('l', 'a', ' ') }), {
      minLength: 1,
      maxLength: 10,
    })
    .chain((pieces) => {
      const deltas = pieces.map((_, sequence): News => ({ kind: 'delta', sequence }));
      const open = fc.nat(pieces.length).map((next): News => ({ kind: 'open', next }));
      const news = fc
        .array(open, { maxLength: 4 })
        .chain((opens) =>
          fc.shuffledSubarray([...deltas, ...opens], { minLength: pieces.length + opens.length }),
        );
      return fc.tuple(fc.constant(pieces), news, fc.subarray(deltas));
    });

  function take(pieces: readonly string[], live: LiveText | undefined, news: News): LiveText {
    if (news.kind === 'delta')
      return addDelta(live, delta(news.sequence, pieces[news.sequence] ?? ''));
    const text = pieces.slice(0, news.next).join('');
    return adoptText(live, { conversationId, text, next: news.next });
  }

  it('give the exact text in whatever order they come, and its beginning at every moment', () => {
    fc.assert(
      fc.property(cases, ([pieces, arrivals]) => {
        const whole = pieces.join('');
        let live: LiveText | undefined;
        for (const news of arrivals) {
          live = take(pieces, live, news);
          expect(live.text).toBe(pieces.slice(0, live.next).join(''));
        }
        expect(live?.text).toBe(whole);
        expect(live?.early.size).toBe(0);
      }),
    );
  });

  it('give the exact text when pieces were lost and the conversation was read again', () => {
    fc.assert(
      fc.property(cases, ([pieces, arrivals, lost]) => {
        const kept = arrivals.filter((news) => !lost.includes(news));
        const last: News = { kind: 'open', next: pieces.length };
        const live = [...kept, last].reduce<LiveText | undefined>(
          (known, news) => take(pieces, known, news),
          undefined,
        );
        expect(live?.text).toBe(pieces.join(''));
      }),
    );
  });
});
