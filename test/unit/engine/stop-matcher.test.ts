import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStopMatcher } from '../../../electron/engine/stop-matcher.ts';

/** The whole text at once, character by character: the first moment at which any stop string is complete. */
function naive(text: string, stops: readonly string[]): { text: string; stoppedAt: number | null } {
  for (let end = 1; end <= text.length; end += 1) {
    const starts = stops
      .filter((stop) => stop.length > 0 && text.slice(0, end).endsWith(stop))
      .map((stop) => end - stop.length);
    if (starts.length > 0) {
      const start = Math.min(...starts);
      return { text: text.slice(0, start), stoppedAt: start };
    }
  }
  return { text, stoppedAt: null };
}

function inPieces(pieces: readonly string[], stops: readonly string[]) {
  const matcher = createStopMatcher(stops);
  const emitted: string[] = [];
  for (const piece of pieces) {
    const { text, stoppedAt } = matcher.push(piece);
    emitted.push(text);
    if (stoppedAt !== null) return { text: emitted.join(''), stoppedAt, emitted };
  }
  emitted.push(matcher.flush());
  return { text: emitted.join(''), stoppedAt: null, emitted };
}

const letters = fc.stringMatching(/^[ab]{0,6}$/);

describe('stop strings', () => {
  test('are found as in the whole text, however it is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(letters), fc.array(letters, { maxLength: 3 }), (pieces, stops) => {
        const { text, stoppedAt } = inPieces(pieces, stops);
        // A piece may hold more than one end; only what lies before the match may differ, and it does not.
        expect({ text, stoppedAt }).toEqual(naive(pieces.join(''), stops));
      }),
      { numRuns: 3000 },
    );
  });

  test('never leave a part of themselves behind', () => {
    const { text, stoppedAt } = inPieces(['Hi', '\nUs', 'er', ':', ' more'], ['\nUser:']);
    expect(text).toBe('Hi');
    expect(stoppedAt).toBe(2);
  });

  test('hold back only what may still become one', () => {
    const matcher = createStopMatcher(['END']);
    expect(matcher.push('the EN').text).toBe('the ');
    expect(matcher.push('ERGY').text).toBe('ENERGY');
  });
});
