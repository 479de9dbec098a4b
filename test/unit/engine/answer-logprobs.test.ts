/** Ratings of tokens on their way out: one for each id, and texts that add up to the answer's. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnswer, type AnswerPiece } from '../../../electron/engine/answer.ts';
import { rate } from '../../fakes/byte-model.ts';

const detokenize = (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8');

/** Pushes bytes as tokens, all rated with `topLogprobs`, until the answer ends or they are over. */
function run(
  bytes: readonly number[],
  options: {
    readonly stop?: readonly string[];
    readonly maxTokens?: number;
    readonly cut?: boolean;
  },
  topLogprobs: number | null = 3,
) {
  const { stop = [], maxTokens = 1000, cut = false } = options;
  const answer = createAnswer({ detokenize, before: [], stop, maxTokens });
  const pieces: AnswerPiece[] = [];
  let isOver = false;
  const keep = (piece: AnswerPiece | null) => {
    if (piece !== null) pieces.push(piece);
  };
  for (const id of bytes) {
    const step = answer.push({ id, rating: rate(id, topLogprobs ?? undefined) });
    keep(step.piece);
    isOver = step.end !== null;
    if (isOver) break;
  }
  if (!isOver) keep(cut ? answer.cut() : answer.push(null).piece);
  return { pieces, tokens: answer.tokens };
}

const textOf = (pieces: readonly AnswerPiece[]) => pieces.map(({ text }) => text).join('');
const idsOf = (pieces: readonly AnswerPiece[]) => pieces.flatMap(({ tokenIds }) => tokenIds);
const logprobsOf = (pieces: readonly AnswerPiece[]) =>
  pieces.flatMap((piece) => piece.logprobs ?? []);

describe('rated tokens', () => {
  test('go out with one rating for each id, and their texts are the answer', () => {
    const alphabet = fc.constantFrom('a', 'b', 'ST', 'STO', 'STOP', 'é', '😀', ' ');
    const stops = fc.subarray(['STOP', 'bb', 'é', 'a b']);
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 12 }),
        stops,
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (parts, stop, maxTokens, cut) => {
          const bytes = [...Buffer.from(parts.join(''))];
          const { pieces, tokens } = run(bytes, { stop, maxTokens, cut });
          const plain = run(bytes, { stop, maxTokens, cut }, null);
          expect(textOf(pieces)).toBe(textOf(plain.pieces));
          expect(idsOf(pieces)).toEqual(idsOf(plain.pieces));
          expect(idsOf(pieces)).toHaveLength(tokens);
          for (const piece of pieces) {
            expect(piece.logprobs?.length).toBe(piece.tokenIds.length);
          }
          const logprobs = logprobsOf(pieces);
          expect(logprobs.map(({ logprob }) => logprob)).toEqual(
            idsOf(pieces).map((id) => -id / 1000),
          );
          expect(logprobs.map(({ text }) => text).join('')).toBe(textOf(pieces));
        },
      ),
    );
  });

  test('wait with their text for as long as a stop text may begin in it', () => {
    const { pieces } = run([...Buffer.from('aSTu')], { stop: ['STOP'] });
    expect(pieces.map(({ text, tokenIds }) => [text, tokenIds.length])).toEqual([
      ['a', 1],
      ['STu', 3],
    ]);
  });

  test('keep what a stop text left of theirs', () => {
    const words = ['over ', 'the EN', 'D of', ' it'];
    const answer = createAnswer({
      detokenize: (tokens) => tokens.map((id) => words[id] ?? '').join(''),
      before: [],
      stop: ['END'],
      maxTokens: 10,
    });
    const steps = words
      .slice(0, 3)
      .map((_word, id) => answer.push({ id, rating: { logprob: -id, top: [] } }));
    expect(steps.map(({ piece }) => piece)).toEqual([
      { text: 'over ', tokenIds: [0], logprobs: [{ text: 'over ', logprob: -0, top: [] }] },
      // The id stays behind: how much of its text belongs to the answer is not known yet.
      { text: 'the ', tokenIds: [], logprobs: [] },
      { text: '', tokenIds: [1], logprobs: [{ text: 'the ', logprob: -1, top: [] }] },
    ]);
  });

  test('name what others would have added, and the written one as it was written', () => {
    const euro = [...Buffer.from('€')];
    const { pieces } = run([...euro, 97], {}, 2);
    const [first, second, third, last] = logprobsOf(pieces);
    expect([first, second, third].map((each) => each?.text)).toEqual(['', '', '€']);
    // In the middle of a character an `a` would spoil what is there already.
    expect(second?.top.map(({ text }) => text)).toEqual(['', '\uFFFDa']);
    expect(last).toMatchObject({ text: 'a', top: [{ id: 97, text: 'a' }, { text: 'b' }] });
  });

  test('say nothing when nothing was asked for', () => {
    const { pieces } = run([97, 98], {}, null);
    expect(pieces.every((piece) => !('logprobs' in piece))).toBe(true);
  });
});
